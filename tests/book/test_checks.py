"""The checks of the notebook see what they are for: each is shown a small notebook that is broken on purpose."""

import base64
import io

import nbformat
import numpy as np
import pytest
from PIL import Image

from notebooks.agreement import close, differences, said, same
from notebooks.checks import shortcomings
from notebooks.clean import STILL, WIDGET, cleaned, complaints, written
from notebooks.execute import NOTEBOOK, CellFailed, execute, made, read

GOOD = '''# %% [markdown]
r"""
## 5. A method
"""

# %% tags=["figure"]
import matplotlib.pyplot as plt

plt.plot([1, 3, 2])
plt.show()

# %% tags=["number"]
print("success 24.4 % [23.6, 25.3], n = 10,000, in 1.8 ms")
'''


def script(folder, text):
    """A percent script in a file."""
    (folder / "book.py").write_text(text, encoding="utf-8")
    return folder / "book.py"


def picture(grey, size=(200, 200), kind="PNG"):
    """A picture of one grey, encoded as in a notebook."""
    held = io.BytesIO()
    Image.fromarray(np.full(size, grey, dtype=np.uint8)).save(held, kind)
    return base64.b64encode(held.getvalue()).decode()


def output(**data):
    """An output of the given kinds: `png`, `html`, `plain`, `markdown`."""
    kinds = {"png": "image/png", "html": "text/html", "plain": "text/plain", "markdown": "text/markdown"}
    return nbformat.v4.new_output("display_data", data={kinds[k]: v for k, v in data.items()})


def book_of(*outputs, tag="", source="1"):
    """A notebook of one cell that was run."""
    cell = nbformat.v4.new_code_cell(source, execution_count=1, outputs=list(outputs), id="cell")
    cell.metadata["tags"] = [tag] if tag else []
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A small notebook in which nothing is wrong, executed."""
    return made(script(tmp_path_factory.mktemp("good"), GOOD))[0]


def changed(book, old, new):
    """A copy of a notebook with one text replaced."""
    text = written(book)
    assert old in text
    return nbformat.reads(text.replace(old, new), as_version=4)


def test_a_good_notebook_is_not_complained_about(good):
    assert shortcomings(good) + complaints(good) == []


def test_cleaning_twice_is_cleaning_once(good):
    assert written(cleaned(good)) == written(good)


def test_an_execution_says_what_its_file_says(tmp_path):
    book, _ = made(script(tmp_path, "# %%\nfrom IPython.display import Markdown\n\nMarkdown('is **3.5**')\n"))
    assert differences(book, nbformat.reads(written(book), as_version=4)) == []


def test_cells_keep_their_names_from_one_reading_to_the_next(tmp_path):
    place = script(tmp_path, GOOD)
    assert [c.id for c in read(place).cells] == [c.id for c in read(place).cells]


def test_a_failing_cell_is_named_by_its_chapter_and_its_error(tmp_path):
    place = script(tmp_path, GOOD + "\n# %%\nint('one')\n")
    with pytest.raises(CellFailed, match=r"^5\. A method, cell 3: ValueError: invalid literal"):
        execute(read(place))


def test_a_warning_is_seen(tmp_path):
    place = script(tmp_path, "# %%\nimport warnings\n\nwarnings.warn('this no longer holds')\n")
    assert "this no longer holds" in shortcomings(made(place)[0])[0]


def test_a_widget_becomes_a_line_that_says_so(tmp_path):
    book, executed = made(script(tmp_path, '# %% tags=["live"]\nimport ipywidgets\n\nipywidgets.IntSlider()\n'))
    assert WIDGET in executed.book.cells[0].outputs[0].data
    assert WIDGET not in written(book) and STILL in written(book) and shortcomings(book) == []


def test_a_figure_that_is_gone_is_seen(good):
    broken = nbformat.from_dict(good)
    broken.cells[1].outputs = []
    assert any("shows no picture" in line for line in shortcomings(broken))


def test_a_cell_that_was_not_run_is_seen():
    book = book_of()
    book.cells[0].execution_count = None
    assert shortcomings(cleaned(book)) == ["above the first heading, cell 0: was not run"]


@pytest.mark.parametrize(
    "shown, complaint",
    [
        (output(png=picture(255)), "blank"),
        (output(png=picture(255, size=(20, 300))), "only 300 x 20"),
        (output(png=base64.b64encode(b"no picture").decode()), "cannot be read"),
        (output(html=f'<img src="data:image/png;base64,{picture(128)}">'), "blank"),
        (output(plain="<Figure size 640x480 with 1 Axes>"), "no picture"),
    ],
)
def test_a_figure_that_shows_nothing_is_seen(shown, complaint):
    assert any(complaint in line for line in shortcomings(book_of(shown, tag="figure")))


@pytest.mark.parametrize("tag", ["number", "live"])
def test_a_tag_that_promises_too_much_is_seen(tag):
    assert len(shortcomings(book_of(output(plain="nothing"), tag=tag))) == 1


@pytest.mark.parametrize("folder", ["home", "tmp", "Users", "content"])
def test_a_folder_of_a_machine_is_seen(folder):
    assert len(complaints(book_of(output(plain=f"<{'/'.join(['', folder, 'ann', 'a.py'])}:5>")))) == 1


def test_the_folder_of_this_repository_is_seen():
    assert len(complaints(book_of(output(markdown=f"see {NOTEBOOK.parents[1]}")))) == 1


def test_an_address_in_memory_is_seen():
    assert len(complaints(book_of(output(plain="<Line2D at 0x7f1234567890>")))) == 1


def test_too_many_bytes_are_seen_with_what_they_are_for():
    (line,) = complaints(book_of(output(plain="small", png="A" * 3_100_000)))
    assert "3100 kB of image/png" in line


@pytest.mark.parametrize(
    "old, new",
    [
        ("24.4 %", "44.4 %"),
        ("24.4 %", "24.4"),
        ("n = 10,000", "n = 1,000"),
        ("success", "failure"),
        ("in 1.8 ms", "never"),
    ],
)
def test_a_number_or_word_that_was_changed_is_seen_from_another_machine(good, old, new):
    outputs = changed(good, f'"{old}' if old == "success" else old, f'"{new}' if old == "success" else new)
    outputs.cells[2].id = good.cells[2].id
    assert len(differences(outputs, good, close)) == 1


def test_a_number_in_the_last_digit_is_seen_only_by_the_exact_comparison(good):
    other = changed(good, "24.4 %", "24.5 %")
    assert len(differences(other, good, same)) == 1 and differences(other, good, close) == []


def test_a_clock_is_not_compared(good):
    assert differences(changed(good, "1.8 ms", "9.7 ms"), good, same) == []


def test_cells_tagged_timing_are_compared_in_words_alone():
    fast, slow, other = (book_of(output(plain=t), tag="timing") for t in ("ms: 1.2", "ms: 7.4", "s: 1.2"))
    assert differences(fast, slow) == [] and len(differences(fast, other)) == 1


def test_a_cell_that_was_rewritten_is_seen():
    new = book_of(output(plain="1"))
    new.cells[0].id = "other"
    assert len(differences(new, book_of(output(plain="1")))) == 1


@pytest.mark.parametrize(
    "text, numbers",
    [
        ("25.4 % [24.6, 26.3], n = 10,000", ["25.4", "24.6", "26.3", "10,000"]),
        ("at -2.00 and +2.00, 1e-07", ["-2.00", "+2.00", "1e-07"]),
        ("1.8 ± 0.1 ms, 3 s, 5 seconds, 400 steps/s, 2 to 3 minutes", []),
        ("1.35 [1.33, 1.37] ms for 7 samples", ["7"]),
        ("W1 of x_2", []),
    ],
)
def test_numbers_are_found_in_text_and_those_of_a_clock_left_out(text, numbers):
    assert [number for number, _ in said(text).numbers] == numbers
