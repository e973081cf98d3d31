"""Which text of a revision a database has is known of each database, whatever was run elsewhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.test_migrate_branches import ADD_SHELF, DROP_SHELF, columns
from tests.fixtures.projects import Project
from tests.fixtures.repositories import run_git

CHANGED = "is not what was applied"


@pytest.fixture
def revision(project: Project) -> Path:
    """A revision that is going to be edited after it was applied."""
    return project.revision("f1", "a3", ADD_SHELF, DROP_SHELF)


def edit(revision: Path) -> str:
    """Let the downgrade leave the column where it is, as if it were a later version's business; the former text."""
    text = revision.read_text()
    revision.write_text(text.replace(DROP_SHELF, 'op.execute("SELECT 1")'))
    assert revision.read_text() != text
    return text


def is_taken_back_as_it_was_applied(project: Project, revision: Path) -> bool:
    """Does a migrate without the file take away what the applied text made?"""
    revision.unlink()
    said = project.type("migrate")
    assert (said.code, project.database.current()) == (0, ("a3",)), said.text
    return "shelf" not in columns(project)


@pytest.mark.parametrize("command", [("check",), ("reset", "--verify-cache")])
def test_a_run_on_a_scratch_database_does_not_change_what_is_applied(
    project: Project, revision: Path, command: tuple[str, ...]
) -> None:
    assert project.type("migrate").code == 0
    edit(revision)
    assert CHANGED in project.type("status").out

    project.type(*command)

    assert CHANGED in project.type("status").out
    assert is_taken_back_as_it_was_applied(project, revision)


def test_a_build_that_fails_does_not_change_what_is_applied(project: Project, revision: Path) -> None:
    assert project.type("migrate").code == 0
    edit(revision)
    broken = project.revision("f2", "f1", 'raise ValueError("no")')
    assert project.type("reset").code == 1
    broken.unlink()

    assert CHANGED in project.type("status").out
    assert is_taken_back_as_it_was_applied(project, revision)


def by_undo(project: Project, revision: Path) -> None:
    assert project.type("migrate").code == 0
    edit(revision)
    assert project.type("reset").code == 0
    assert CHANGED not in project.type("status").out
    assert project.type("undo").code == 0


def by_redo(project: Project, revision: Path) -> None:
    first = edit(revision)
    assert project.type("reset").code == 0
    revision.write_text(first)
    assert project.type("reset").code == 0
    assert project.type("undo").code == 0
    assert project.type("undo", "--redo").code == 0


def by_the_template(project: Project, revision: Path) -> None:
    assert project.type("reset").code == 0
    first = edit(revision)
    assert project.type("reset").code == 0
    revision.write_text(first)
    assert "Cloned the template" in project.type("reset").text


def by_a_template_on_the_way(project: Project, revision: Path) -> None:
    assert project.type("reset").code == 0
    first = edit(revision)
    assert project.type("reset").code == 0
    revision.write_text(first)
    later = project.revision("f2", "f1", "pass")
    assert "Cloned a template that stands at f1" in project.type("reset").text
    later.unlink()


def by_a_snapshot(project: Project, revision: Path) -> None:
    assert project.type("migrate").code == 0
    assert project.type("snapshot", "one").code == 0
    edit(revision)
    assert project.type("reset").code == 0
    assert project.type("restore", "one").code == 0


def by_the_branch(project: Project, revision: Path) -> None:
    run_git(project, "init", "-q", "-b", "main")
    run_git(project, "commit", "-q", "--allow-empty", "-m", "one")
    assert project.type("migrate").code == 0
    run_git(project, "switch", "-q", "-c", "other")
    assert "a copy of main's" in project.type("switch", "--branch").text
    edit(revision)
    assert project.type("reset").code == 0
    run_git(project, "switch", "-q", "main")
    assert "its own state" in project.type("switch", "--branch").text


def by_a_copy_for_the_branch(project: Project, revision: Path) -> None:
    by_the_branch(project, revision)
    run_git(project, "switch", "-q", "-c", "third")
    assert "a copy of main's" in project.type("switch", "--branch").text


def by_seeds_on_a_copy(project: Project, revision: Path) -> None:
    assert project.type("migrate").code == 0
    settings = project.root / "pyproject.toml"
    (project.root / "seeds.py").write_text(
        "import os\nfrom sqlalchemy import create_engine, text\n"
        "with create_engine(os.environ['DATABASE_URL']).begin() as connection:\n"
        "    connection.execute(text(\"INSERT INTO book (title) VALUES ('Persuasion')\"))\n"
    )
    settings.write_text(settings.read_text() + 'seed-command = "python seeds.py"\n')
    edit(revision)
    project.type("check")
    assert project.type("seed").code == 0
    assert len(project.database.kept("undo")) == 1


@pytest.mark.parametrize(
    "come_back",
    [
        by_undo,
        by_redo,
        by_the_template,
        by_a_template_on_the_way,
        by_a_snapshot,
        by_the_branch,
        by_a_copy_for_the_branch,
        by_seeds_on_a_copy,
    ],
)
def test_a_state_that_comes_back_is_taken_back_with_the_text_that_made_it(
    project: Project, revision: Path, come_back: Callable[[Project, Path], None]
) -> None:
    come_back(project, revision)

    assert is_taken_back_as_it_was_applied(project, revision)
