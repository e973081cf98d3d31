"""Which former states a task keeps, and how many."""

import shutil

import pytest

from dbtasks.local_state import state_directory
from tests.fixtures.notes import database_at
from tests.fixtures.projects import Project


def configure(project: Project, line: str) -> None:
    with (project.root / "pyproject.toml").open("a") as file:
        file.write(line + "\n")


def archived(project: Project) -> set[str]:
    folder = state_directory.folder(project.settings.project) / "revisions"
    return {file.name.split(".")[0] for file in folder.glob("*.py")}


def forget_texts(project: Project) -> None:
    shutil.rmtree(state_directory.folder(project.settings.project) / "revisions")


def test_a_dropped_database_comes_back_even_if_it_was_empty(project: Project) -> None:
    project.type("create")
    assert (project.type("drop").code, project.database.exists()) == (0, False)

    assert (project.type("undo").code, project.database.exists()) == (0, True)


def test_a_limit_of_bytes_drops_no_more_than_it_has_to(project: Project) -> None:
    for _ in range(4):
        assert project.type("reset").code == 0
    three = project.database.kept("undo")
    configure(project, f"keep-undo-bytes = {sum(state.size for state in three) + three[0].size // 2}")

    said = project.type("reset")

    assert (said.code, len(three), len(project.database.kept("undo"))) == (0, 3, 3), said.text


def test_the_texts_of_a_history_that_is_cloned_whole_are_archived(project: Project) -> None:
    assert project.type("reset").code == 0
    forget_texts(project)
    (project.root / "migrations" / "versions" / "notes.txt").write_text("another listing, and the same revisions")

    said = project.type("reset")

    assert "Cloned a template: nothing that matters to it has changed" in said.err, said.err
    assert archived(project) == {"a1", "a2", "a3"}


def test_the_texts_below_a_template_that_is_cloned_are_archived(project: Project) -> None:
    assert project.type("reset").code == 0
    forget_texts(project)
    project.revision("a4", "a3", 'op.add_column("book", sa.Column("author", sa.String(9)))')

    said = project.type("reset")

    assert "Cloned a template that stands at" in said.err, said.err
    assert archived(project) == {"a1", "a2", "a3", "a4"}


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_the_note_of_a_file_that_was_removed_goes(project: Project) -> None:
    for _ in range(2):
        assert project.type("reset").code == 0
    database = database_at(project.settings.url.path)
    notes = project.root / ".books.db.dbtasks" / "notes"
    before = len(list(notes.iterdir()))

    database.remove(database.kept("undo")[0])

    assert len(list(notes.iterdir())) == before - 1
