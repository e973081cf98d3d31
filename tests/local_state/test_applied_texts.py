"""Notes of which text of a revision a database has."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dbtasks.local_state import applied_texts
from dbtasks.pyproject import Project
from tests.fixtures.projects import Project as Example


@pytest.fixture
def project(example: Callable[..., Example]) -> Project:
    return example("linear").settings.project


def notes(project: Project) -> list[Path]:
    return sorted((project.root / ".dbtasks" / "revisions" / "applied").iterdir())


def test_each_owner_has_a_note_of_its_own(project: Project) -> None:
    applied_texts.add(project, "one", "a1.0.py")
    applied_texts.add(project, "one", "a2.0.py")
    applied_texts.add(project, "other", "a1.1.py")

    assert applied_texts.read(project, "one") == ["a1.0.py", "a2.0.py"]
    assert applied_texts.read(project, "other") == ["a1.1.py"]
    assert applied_texts.read(project, "nobody") == []


def test_a_copy_is_noted_for_itself(project: Project) -> None:
    applied_texts.add(project, "one", "a1.0.py")

    assert applied_texts.carry(project, "one", "copy")
    applied_texts.add(project, "copy", "a2.0.py")

    assert applied_texts.read(project, "one") == ["a1.0.py"]
    assert applied_texts.read(project, "copy") == ["a1.0.py", "a2.0.py"]
    assert not applied_texts.carry(project, "nobody", "copy")


@pytest.mark.parametrize("damage", [b"a1.0", b"\xff"])
def test_a_damaged_note_costs_no_more_than_itself(project: Project, damage: bytes) -> None:
    applied_texts.add(project, "one", "a1.0.py")
    (note,) = notes(project)
    note.write_bytes(damage)
    applied_texts.add(project, "one", "a2.0.py")

    assert "a2.0.py" in applied_texts.read(project, "one")


def test_the_notes_that_were_not_used_for_longest_go(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applied_texts, "MOST", 3)
    for owner in ("one", "two", "three"):
        before = set(notes(project)) if owner != "one" else set()
        applied_texts.add(project, owner, "a1.0.py")
        (note,) = set(notes(project)) - before
        os.utime(note, ns=(len(before), len(before)))
    applied_texts.carry(project, "one", "four")

    known = [owner for owner in ("one", "two", "three", "four") if applied_texts.read(project, owner)]
    assert known == ["one", "three", "four"]
