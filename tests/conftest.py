"""What tests share. `eitherway` is imported inside: its shape checks must be on before anything loads it."""

import pytest
import torch

torch.set_num_threads(1)


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


@pytest.fixture(scope="session")
def jumper():
    from eitherway.tasks import Jumper

    return Jumper()


@pytest.fixture(scope="session")
def demos(jumper):
    from eitherway.data import Windows

    return Windows.cut(jumper.demos("train"), 1, 1)


@pytest.fixture(scope="session")
def text():
    """The notebook's source, cell by cell."""
    from notebooks.execute import read

    return read()


@pytest.fixture(scope="session")
def committed():
    """The notebook that readers open."""
    import nbformat

    from notebooks.execute import NOTEBOOK

    return nbformat.read(NOTEBOOK, as_version=4)
