"""A database whose revisions have other parents in this checkout than when they were applied."""

import shutil
from pathlib import Path

import pytest

from dbtasks.revisions.archive import Archive
from dbtasks.revisions.divergence import compare
from dbtasks.workflows.checkout import read_history
from tests.commands.test_migrate_branches import ADD_AUTHOR, ADD_SHELF, DROP_AUTHOR, DROP_SHELF, columns
from tests.fixtures.projects import Project, execute


def follow(file: Path, parent: str) -> None:
    """Give a revision another parent, as a rebase does."""
    before, _, after = file.read_text().partition('down_revision = "')
    file.write_text(f'{before}down_revision = "{parent}"{after.partition(chr(34))[2]}')


def swap_two(project: Project) -> None:
    """Apply c4 and then c5, and let c4 follow c5 in the checkout."""
    first = project.revision("c4", "a3", ADD_SHELF, DROP_SHELF)
    second = project.revision("c5", "c4", ADD_AUTHOR, DROP_AUTHOR)
    assert project.type("migrate").code == 0
    follow(second, "a3")
    follow(first, "c5")


def test_two_applied_revisions_that_changed_places_are_told_to_be_rebased(project: Project) -> None:
    swap_two(project)

    said = project.type("status")

    assert (said.code, "was rebased" in said.out, "nox -s migrate   takes it back to a3" in said.out) == (0, True, True)


def test_two_applied_revisions_that_changed_places_are_taken_back_and_applied_in_the_new_order(
    project: Project,
) -> None:
    swap_two(project)

    said = project.type("migrate")

    assert (said.code, "Took back 2 revisions, ran 2" in said.out) == (0, True), said.text
    assert project.database.current() == ("c4",)
    assert {"shelf", "author"} < columns(project)
    assert "Nothing to do" in project.type("migrate").out


def test_where_the_old_order_is_not_known_it_is_one_message_with_a_way_on(project: Project) -> None:
    swap_two(project)
    for text in (project.root / ".dbtasks" / "revisions").glob("c4.*"):
        text.unlink()

    said = project.type("migrate")

    assert (said.code, "no text of c4" in said.err, "nox -s db_reset" in said.err) == (1, True, True), said.text
    assert "Revision c5 (c5 of the test) was rebased" in said.err
    assert "was rebased" in project.type("status").out
    assert project.type("reset").code == 0
    assert project.database.current() == ("c4",)


def test_only_what_was_applied_is_held_against_the_checkout(project: Project) -> None:
    file = project.revision("f1", "a3", ADD_SHELF, DROP_SHELF)
    project.type("migrate")
    project.revision("b1", "a3", ADD_AUTHOR, DROP_AUTHOR)
    follow(file, "b1")

    standing = compare(read_history(project.settings), Archive(project.settings.project), ["f1"])

    assert (standing.moved, set(standing.past)) == (("f1",), {"a1", "a2", "a3", "f1"})


@pytest.fixture
def rebased(project: Project) -> Project:
    """f1 was applied after a3 and kept as a snapshot; then b1 came between, and migrate has followed."""
    file = project.revision("f1", "a3", ADD_SHELF, DROP_SHELF)
    project.type("migrate")
    assert project.type("snapshot", "before").code == 0
    project.revision("b1", "a3", ADD_AUTHOR, DROP_AUTHOR)
    follow(file, "b1")
    assert "Took back" in project.type("migrate").out
    assert "Nothing to do" in project.type("migrate").out
    return project


@pytest.mark.parametrize("pending", [False, True])
def test_a_state_that_was_built_after_the_rebase_may_have_more_than_the_history_makes(
    rebased: Project, pending: bool
) -> None:
    assert rebased.type("reset").code == 0
    execute(rebased, "CREATE TABLE notes_by_hand (x INTEGER)")
    if pending:
        rebased.revision("f2", "f1", 'op.add_column("book", sa.Column("isbn", sa.String(9)))')

    said = rebased.type("migrate")

    assert (said.code, "rebased" in said.text, "warning" in said.text) == (0, False, False), said.text
    assert rebased.database.current() == ("f2" if pending else "f1",)


def test_a_state_from_before_a_rebase_that_comes_back_is_taken_back_and_follows(rebased: Project) -> None:
    rebased.type("undo")

    said = rebased.type("migrate")

    assert (said.code, "Took back 1 revision, ran 2" in said.out) == (0, True), said.text
    assert "author" in columns(rebased)


def test_a_snapshot_from_before_a_rebase_is_not_taken_for_head(rebased: Project) -> None:
    said = rebased.type("restore", "before")

    assert (said.code, "f1 (f1 of the test) was rebased" in said.err, "author" in columns(rebased)) == (0, True, False)
    assert "nox -s migrate   takes it back to a3" in said.err
    assert "Took back 1 revision, ran 2" in rebased.type("migrate").out
    assert "author" in columns(rebased)


@pytest.mark.parametrize("command", [("migrate",), ("setup",), ("restore", "before")])
def test_where_nobody_knows_what_a_state_was_built_from_it_is_compared(
    rebased: Project, command: tuple[str, ...]
) -> None:
    rebased.type("undo")
    shutil.rmtree(rebased.root / ".dbtasks" / "revisions" / "applied")

    for _ in range(2):
        said = rebased.type(*command)

        assert (said.code, "f1 was rebased, and nobody knows whether this state is" in said.err) == (1, True)
        assert "column book.author is missing" in said.err


def test_a_state_that_was_compared_and_fits_is_known_from_then_on(rebased: Project) -> None:
    shutil.rmtree(rebased.root / ".dbtasks" / "revisions" / "applied")
    rebased.revision("f2", "f1", 'op.add_column("book", sa.Column("isbn", sa.String(9)))')
    assert rebased.type("migrate").code == 0
    execute(rebased, "CREATE TABLE notes_by_hand (x INTEGER)")
    rebased.revision("f3", "f2", 'op.add_column("book", sa.Column("pence", sa.Integer))')

    said = rebased.type("migrate")

    assert (said.code, rebased.database.current()) == (0, ("f3",)), said.text
