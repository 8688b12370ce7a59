"""Data is where it is said to be, and nowhere else."""

from pathlib import Path

import pytest

from eitherway.data.data_dir import VARIABLE, find, folder
from eitherway.data.public import PUSHT


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Three folders that might be meant; the current one holds the default."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "variable"))
    found = {name: tmp_path / name for name in ("given", "variable", "data")}
    for place in found.values():
        (place / PUSHT.place).mkdir(parents=True)
    return found


def test_what_is_given_comes_before_the_variable_and_that_before_the_default(places, monkeypatch):
    assert find("pusht", places["given"]) == find("pusht", str(places["given"])) == places["given"] / PUSHT.place
    assert find("pusht") == places["variable"] / PUSHT.place
    monkeypatch.delenv(VARIABLE)
    assert find("pusht") == Path("data") / PUSHT.place
    monkeypatch.setenv(VARIABLE, "")
    assert folder() == Path("data")


@pytest.mark.parametrize("given", [Path("elsewhere"), None])
def test_where_it_is_not_no_other_place_is_taken(given, places, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(places["data"]) if given else "elsewhere")
    with pytest.raises(ValueError) as error:
        find("pusht", given)
    text = str(error.value)
    assert f"pusht is not at {Path('elsewhere') / PUSHT.place} (the folder that was named)" in text
    assert "eitherway data fetch pusht" in text and "\n" not in text


def test_a_default_that_lacks_it_is_called_the_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(ValueError, match=rf"the default, for neither --data nor {VARIABLE} names a folder"):
        find("pusht")


def test_a_home_is_a_home(monkeypatch):
    monkeypatch.setenv(VARIABLE, "~/recordings")
    assert folder() == Path.home() / "recordings"


def test_a_name_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="no data set is called 'psht'; there are: pusht"):
        find("psht")
