"""Folders are whole or absent, whenever a process dies."""

import os
import shutil
from pathlib import Path

import pytest

from eitherway.files import sweep, whole_folder

DIED = 9


def killed(work, at, late):
    """Does the work in a process that dies at its so many-th move or removal, before it or after; whether it did."""
    child = os.fork()
    if child == 0:
        count = 0

        def mortal(operation):
            def done(*given, **named):
                nonlocal count
                count += 1
                if count == at and not late:
                    os._exit(DIED)
                operation(*given, **named)
                if count == at:
                    os._exit(DIED)

            return done

        Path.replace, shutil.rmtree = mortal(Path.replace), mortal(shutil.rmtree)
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == DIED


def written(place, text):
    with whole_folder(place) as draft:
        (draft / "card").write_text(text)
        (draft / "draws").write_text(text)


@pytest.mark.parametrize("late", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize("first", range(1, 8))
def test_a_folder_survives_a_death_at_every_step_of_its_replacement(tmp_path, first, late):
    """And another death at every step of the sweep that follows."""
    for second in range(1, 8):
        place = tmp_path / str(second) / "row" / "seed-0"
        written(place, "old")
        died = killed(lambda place=place: written(place, "new"), first, late)
        killed(lambda root=place.parents[1]: sweep(root), second, late)
        sweep(place.parents[1])
        assert {(place / name).read_text() for name in ("card", "draws")} in ({"old"}, {"new"})
        assert [p.name for p in place.parent.iterdir()] == ["seed-0"]
        assert died == (first <= STEPS)


STEPS = 5  # removal of nothing, old one aside, new one there, old one gone, draft gone


def test_a_death_before_anything_was_there_leaves_nothing(tmp_path):
    place = tmp_path / "row" / "seed-0"
    assert killed(lambda: written(place, "new"), 2, late=False)
    sweep(tmp_path)
    assert not place.exists() and list(place.parent.iterdir()) == []
