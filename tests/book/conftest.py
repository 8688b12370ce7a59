"""One execution of the notebook, by the code behind `make notebook`, for all tests that look at it."""

import nbformat
import pytest


@pytest.fixture(scope="session")
def text():
    """The source, cell by cell."""
    from notebooks.execute import read

    return read()


@pytest.fixture(scope="session")
def committed():
    """The notebook that readers open."""
    from notebooks.execute import NOTEBOOK

    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="session")
def execution():
    """The source, executed here and now: cleaned, and as it was."""
    from notebooks.execute import made

    return made()
