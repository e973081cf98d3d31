"""A task that has done its work does not fail because a note of it cannot be removed."""

from typing import Any

import pytest

from dbtasks.local_state import last_failure, state_directory
from tests.fixtures.projects import Project


def test_migrate_succeeds_where_the_place_of_its_notes_is_a_file(project: Project) -> None:
    (project.root / ".dbtasks").write_text("mine")

    first, again = project.type("migrate"), project.type("migrate", "a3")

    assert [(said.code, "Traceback" in said.text) for said in (first, again)] == [(0, False)] * 2, first.text
    assert project.database.current() == ("a3",)
    assert (project.root / ".dbtasks").read_text() == "mine"


def test_a_note_that_cannot_be_removed_is_left(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = project.revision("a4", "a3", "raise ValueError('no luck')")
    project.type("migrate")
    (note,) = state_directory.folder(project.settings.project).glob("stopped-*.json")
    broken.unlink()

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(type(note), "unlink", refuse)
        last_failure.forget(project.settings)

    assert note.exists()
    last_failure.forget(project.settings)
    assert not note.exists()
