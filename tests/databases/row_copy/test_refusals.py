"""What cannot be carried across is named, by table, column and row."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
import sqlalchemy as sa

from dbtasks.databases.row_copy import copy_rows
from dbtasks.errors import DatabaseError
from tests.databases.row_copy.conftest import AUTHOR, Place

REFUSED_BY_POSTGRES = [
    (
        "INSERT INTO author (id, name) VALUES (7, 'a' || char(0) || 'b')",
        "author.name where id = 7 holds a NUL character",
    ),
    ("INSERT INTO author (id, name) VALUES (7, printf('%0100d', 1))", "too long"),
    ("INSERT INTO \"every type\" (id, day) VALUES (7, 'yesterday-ish')", "invalid input syntax for type date"),
    ('INSERT INTO "every type" (id, small) VALUES (7, 70000)', "out of range"),
    ("INSERT INTO \"every type\" (id, small) VALUES (7, 'many')", "invalid input syntax"),
    ("INSERT INTO book (id, author_id) VALUES (7, 77)", "refers to a row of author that does not exist"),
    ("INSERT INTO \"every type\" (id, document) VALUES (7, '{oops')", "invalid input syntax for type json"),
    ("INSERT INTO \"every type\" (id, text) VALUES (7, CAST(x'ff' AS TEXT))", "UTF-8"),
]


@pytest.mark.parametrize(("statement", "words"), REFUSED_BY_POSTGRES)
def test_what_postgres_cannot_hold_is_named(statement: str, words: str, places: Callable[[str], Place]) -> None:
    here, there = places("sqlite"), places("postgres")
    with closing(sqlite3.connect(here.database.url.name)) as connection:
        connection.execute(statement)
        connection.commit()

    with pytest.raises(DatabaseError) as caught:
        copy_rows(here.database, there.database)

    assert words in caught.value.message + " ".join(caught.value.checked)
    assert len(sa.inspect(there.engine).get_foreign_keys("book")) == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ratio", "'NaN'"),
        ("free", "12345678901234567890.5"),
        ("day", "'infinity'"),
        ("aware", "'0044-03-15 BC'"),
        ("span", "'1 month'"),
        ("clock", "'24:00'"),
    ],
)
def test_what_sqlite_cannot_hold_is_named(column: str, value: str, places: Callable[[str], Place]) -> None:
    here, there = places("postgres"), places("sqlite")
    here.run(f'INSERT INTO "every type" (id, {column}) VALUES (1, {value})')

    with pytest.raises(DatabaseError, match=f"every type.{column} holds a value that SQLite cannot hold"):
        copy_rows(here.database, there.database)


def test_tables_and_types_without_a_counterpart_are_all_named(places: Callable[[str], Place]) -> None:
    here, there = places("postgres"), places("sqlite")
    here.run("CREATE TABLE alone (id int)", "ALTER TABLE book ADD tags text[]", "ALTER TABLE author ADD extra int")
    there.run("ALTER TABLE book ADD tags text")

    with pytest.raises(DatabaseError, match="3 thing") as caught:
        copy_rows(here.database, there.database)
    assert caught.value.checked == (
        "table alone is on one side only",
        "column author.extra is on one side only",
        "column book.tags is of type _text, which SQLite cannot hold",
    )


def test_other_revisions_are_refused(places: Callable[[str], Place]) -> None:
    here, there = places("sqlite"), places("sqlite")
    here.run("CREATE TABLE alembic_version (version_num text)", "INSERT INTO alembic_version VALUES ('a1')")

    with pytest.raises(DatabaseError, match="different revisions"):
        copy_rows(here.database, there.database)


def test_a_difference_is_found(places: Callable[[str], Place], monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = places("sqlite"), places("postgres")
    here.insert(AUTHOR, {"id": 1, "name": "Ann"})
    there.run(
        "CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := ''Eve''; RETURN NEW; END'",
        "CREATE TRIGGER changing BEFORE INSERT ON author FOR EACH ROW EXECUTE FUNCTION change()",
    )
    monkeypatch.setattr(
        "dbtasks.databases.row_copy.constraints._TRIGGERS", "SELECT 1, 2, 3, 4 WHERE %(places)s IS NULL"
    )

    with pytest.raises(DatabaseError, match="arrived changed"):
        copy_rows(here.database, there.database)
