"""What goes with another branch's revisions is counted and named before it goes."""

from pathlib import Path

import pytest

from tests.commands.test_migrate_branches import ADD_SHELF, DROP_SHELF, columns
from tests.fixtures.projects import Project, execute


@pytest.fixture
def shelved(project: Project) -> Path:
    """A revision of a column, in which two of three books have a value."""
    file = project.revision("f1", "a3", ADD_SHELF, DROP_SHELF)
    assert project.type("migrate").code == 0
    execute(project, "INSERT INTO book (title, shelf) VALUES ('Persuasion', 'A1'), ('Sanditon', '')")
    return file


def test_the_values_of_a_column_that_goes_are_counted_and_named(project: Project, shelved: Path) -> None:
    shelved.unlink()

    said = project.type("migrate")

    assert (said.code, columns(project)) == (0, {"id", "title", "pages"})
    assert "what only the other branch has goes: 2 values of book.shelf; nox -s db_undo brings it back" in said.err


def test_a_column_without_values_and_one_that_stays_are_not_told(project: Project, shelved: Path) -> None:
    execute(project, "UPDATE book SET shelf = NULL")
    shelved.unlink()

    said = project.type("migrate")

    assert (said.code, "goes:" in said.err) == (0, False), said.err


def test_the_columns_of_a_table_that_goes_are_told_by_its_rows(project: Project, shelved: Path) -> None:
    made = 'op.create_table("loan", sa.Column("id", sa.Integer, primary_key=True), sa.Column("who", sa.String(9)))'
    loan = project.revision("f2", "f1", made, 'op.drop_table("loan")')
    assert project.type("migrate").code == 0
    execute(project, "INSERT INTO loan (who) VALUES ('me')")
    loan.unlink()
    shelved.unlink()

    said = project.type("migrate")

    assert said.code == 0, said.text
    assert "goes: 1 row of loan, 2 values of book.shelf; nox" in said.err


def test_values_are_counted_in_every_column_whatever_its_name_and_type(project: Project) -> None:
    execute(project, 'CREATE TABLE "odd ""one" ("a ""b" INTEGER, "select" TEXT, "nothing" DATE)')
    execute(project, 'INSERT INTO "odd ""one" VALUES (1, NULL, NULL), (NULL, NULL, NULL)')
    execute(project, "CREATE TABLE empty (x INTEGER)")
    if project.database.engine == "postgres":
        execute(project, "CREATE SCHEMA more")
        execute(project, "CREATE TABLE more.deep (x JSON, y XML)")
        execute(project, "INSERT INTO more.deep VALUES ('1', NULL)")

    found = project.database.values()

    assert found.pop("more.deep", {"x": 1, "y": 0}) == {"x": 1, "y": 0}
    assert found == {'odd "one': {'a "b': 1, "select": 0, "nothing": 0}, "empty": {"x": 0}}


def test_what_is_computed_is_no_value(project: Project) -> None:
    execute(project, "CREATE TABLE sums (x INTEGER, twice INTEGER GENERATED ALWAYS AS (x * 2) STORED)")
    execute(project, "INSERT INTO sums (x) VALUES (1)")

    assert project.database.values() == {"sums": {"x": 1}}
