"""At head there is nothing to do, and hardly anything is done to find out."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.fixtures.projects import Project

ADD_SHELF = 'op.add_column("book", sa.Column("shelf", sa.String(9)))'
DROP_SHELF = 'op.drop_column("book", "shelf")'


@pytest.fixture
def at_head(project: Project) -> Project:
    """A database that was found at head once."""
    assert project.type("migrate").code == 0
    assert "Nothing to do" in project.type("migrate").out
    return project


def test_alembic_is_not_even_imported(at_head: Project) -> None:
    script = "import sys; from dbtasks import cli; cli.main(['migrate']); print('alembic' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", script], cwd=at_head.root, capture_output=True, text=True, check=True)

    assert said.stdout.splitlines()[-1] == "False", said.stderr
    assert "Nothing to do" in said.stdout


def add_a_revision(project: Project) -> None:
    project.revision("a4", "a3", ADD_SHELF)


def move_the_history(project: Project) -> None:
    (project.root / "migrations" / "more").mkdir()
    ini = project.root / "alembic.ini"
    ini.write_text(ini.read_text() + "version_locations = migrations/versions:migrations/more\n")
    project.revision("a4", "a3", ADD_SHELF).rename(project.root / "migrations" / "more" / "a4.py")


def rebase(project: Project) -> None:
    file = project.revision("a4", "a2", ADD_SHELF, DROP_SHELF)
    (project.root / "migrations" / "versions" / "a3_first_book.py").unlink()
    assert file.exists()


@pytest.mark.parametrize("change", [add_a_revision, move_the_history, rebase])
def test_whatever_changes_the_history_is_noticed(at_head: Project, change: Callable[[Project], None]) -> None:
    change(at_head)

    said = at_head.type("migrate")

    assert (said.code, at_head.database.current()) == (0, ("a4",)), said.err


def test_a_downgrade_or_another_database_is_noticed(at_head: Project) -> None:
    at_head.type("downgrade", "-1")
    assert "Ran 1 revision" in at_head.type("migrate").out

    at_head.type("drop")
    assert "Ran 3 revisions" in at_head.type("migrate").out


@pytest.mark.parametrize("text", ["", "[]", '{"current": ["a3"]}', '{"inputs": 3}', '{"inputs": "[1]"}'])
def test_a_damaged_note_is_no_harm(at_head: Project, text: str) -> None:
    for note in (at_head.root / ".dbtasks").glob("at-head-*.json"):
        note.write_text(text)

    said = at_head.type("migrate")

    assert (said.code, "Nothing to do" in said.out) == (0, True)
