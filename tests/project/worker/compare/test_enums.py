"""Enum types: autogenerate sees neither their values nor their end, so we do."""

from collections.abc import Callable

import pytest

from dbtasks.project.worker.compare.enums import in_sql
from tests.fixtures.models import book, define, written
from tests.fixtures.projects import Project


@pytest.fixture
def library(example: Callable[..., Project], engine_url: str) -> Project:
    """A project whose enum was made by Alembic alone."""
    return example("enums", engine_url)


def colours(*labels: str, more: str = "") -> str:
    values = ", ".join(repr(label) for label in labels)
    return book(f'sa.Column("colour", sa.Enum({values}, name="colour"){more})')


def moods(*labels: str) -> str:
    values = ", ".join(repr(label) for label in labels)
    kind = f'sa.Enum({values}, name="mood", native_enum=False, create_constraint=True, length=20)'
    return book(f'sa.Column("mood", {kind})')


def evolve(project: Project, models: str, message: str) -> str:
    """Write, prove and run the revision for these models; its text."""
    define(project, models)
    said = project.type("revision", message)
    assert said.code == 0, said.err
    moved = project.type("migrate")
    assert moved.code == 0, moved.err
    assert project.type("check").code == 0
    return written(project)[-1].read_text()


def test_a_type_comes_and_goes_with_its_column_and_back(project: Project) -> None:
    evolve(project, colours("red", "blue"), "give a book a colour")
    gone = evolve(project, book(), "take the colour away")

    assert "DROP TYPE colour" in gone.partition("def downgrade")[0]
    assert project.type("downgrade", "a3").code == 0
    assert project.type("migrate").code == 0


@pytest.mark.parametrize("models", [colours, moods])
def test_a_new_value_is_found_and_added(project: Project, models: object) -> None:
    assert callable(models)
    evolve(project, models("red", "blue"), "give a book a colour")
    define(project, models("red", "green", "blue"))

    checked = project.type("check")
    evolve(project, models("red", "green", "blue"), "allow for green ones")

    assert checked.code == 4
    assert "green" in checked.out or "constraint" in checked.out
    assert project.type("downgrade", "a3").code == 0


def test_a_value_goes_only_where_no_row_has_it(project: Project) -> None:
    evolve(project, colours("red", "blue", more=', server_default="red"'), "give a book a colour")

    text = evolve(project, colours("red", more=', server_default="red"'), "no more blue ones")

    assert "# rows that hold blue must be changed first" in text
    assert "IF NOT EXISTS 'blue' AFTER 'red'" in text.replace('\\"', '"')


def test_two_new_columns_share_one_type(project: Project) -> None:
    both = 'sa.Column("{}", sa.Enum("a", "b", name="grade"))'

    text = evolve(project, book(both.format("paper"), both.format("print")), "grade paper and print")

    assert text.count("CREATE TYPE grade") == 1


def test_types_are_followed_through_the_sql_of_a_history() -> None:
    sql = """
    CREATE TYPE colour AS ENUM ('red', 'it''s');
    CREATE TYPE "Mood" AS ENUM ('ok');
    CREATE TYPE gone AS ENUM ('x');
    ALTER TYPE colour ADD VALUE IF NOT EXISTS 'blue' BEFORE 'it''s';
    ALTER TYPE colour ADD VALUE 'last';
    ALTER TYPE "Mood" RENAME VALUE 'ok' TO 'good';
    ALTER TYPE "Mood" RENAME TO temper;
    DROP TYPE gone;
    """

    assert in_sql(sql) == {"colour": ("red", "blue", "it's", "last"), "temper": ("good",)}


def test_an_enum_that_plain_alembic_has_made_is_understood(library: Project) -> None:
    env = library.root / "migrations" / "env.py"

    agreed = library.type("check")
    env.write_text(env.read_text().replace('"lost", name', '"lost", "sold", name'))
    differs = library.type("check", "--fix", "allow for sold books")

    assert (agreed.code, differs.code) == (0, 0)
    assert "modify_enum state: +sold" in differs.out
    assert library.type("check").code == 0


def test_dropping_the_last_column_of_such_an_enum_drops_its_type(library: Project) -> None:
    env = library.root / "migrations" / "env.py"
    text = env.read_text()
    env.write_text(
        text.replace('    Column("state", Enum("new", "used", "lost", name="state"), nullable=False),\n', "")
    )

    assert library.type("revision", "forget the state of books").code == 0

    (file,) = (library.root / "migrations" / "versions").glob("*forget*.py")
    assert 'op.execute("DROP TYPE state")' in file.read_text()
