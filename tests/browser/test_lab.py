"""The harness itself: it sees a cell that fails and a page that asks for something far away."""

import pytest

from browser.lab import notebook_of, opened

OUTSIDE = "from IPython.display import Image\nImage(url='http://example.org/robot.png')"


@pytest.mark.slow
def test_a_failing_cell_and_a_request_that_leaves_the_machine_are_both_told(tmp_path):
    notebook = notebook_of(tmp_path / "book.ipynb", "x = [1, 2]", OUTSIDE, "1 / 0")
    with pytest.raises(AssertionError, match=r"request to http://example\.org"):  # noqa: SIM117
        with opened(notebook, tmp_path / "lab") as lab:
            with pytest.raises(AssertionError, match="ZeroDivisionError"):
                lab.run_all()
            assert lab.value("x") == [1, 2]
            lab.page.wait_for_timeout(500)
