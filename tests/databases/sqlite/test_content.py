"""D4: what is in a SQLite database: is it anything, and is it the same?"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dbtasks.databases.protocol import About, Label
from dbtasks.databases.sqlite import SqliteDatabase
from tests.fixtures.notes import database_at

VERSIONS = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, PRIMARY KEY (version_num))"
EVERYTHING = f"""
    {VERSIONS};
    INSERT INTO alembic_version VALUES ('a1');
    CREATE TABLE book (id INTEGER PRIMARY KEY AUTOINCREMENT, title, pages,
        long AS (pages > 500), twice AS (pages * 2) STORED);
    INSERT INTO book (title, pages) VALUES ('one', 1), ('two', 2.5), (NULL, 'x'), (x'00ff', NULL);
    INSERT INTO book (title) VALUES (CAST(x'ff61' AS TEXT));
    CREATE TABLE plain (a, b);
    INSERT INTO plain VALUES (1, 2), (1, 2), (3, 4);
    CREATE TABLE keyed (a TEXT PRIMARY KEY, b) WITHOUT ROWID;
    INSERT INTO keyed VALUES ('k', 1);
    CREATE TABLE "odd "" name" ("odd "" column");
    INSERT INTO "odd "" name" VALUES (9);
    CREATE INDEX by_title ON book (title);
    CREATE VIEW titles AS SELECT title FROM book;
    CREATE TRIGGER t AFTER INSERT ON plain BEGIN SELECT 1; END;
    CREATE VIRTUAL TABLE words USING fts5(word);
    INSERT INTO words VALUES ('hello');
    ANALYZE;
"""


def run(database: SqliteDatabase, script: str) -> SqliteDatabase:
    with closing(sqlite3.connect(database.url.path)) as connection:
        connection.executescript(script)
        connection.commit()
    return database


@pytest.fixture
def database(tmp_path: Path) -> SqliteDatabase:
    database = database_at(tmp_path / "a.db")
    database.create(Label("development", "test"))
    return database


@pytest.mark.parametrize(
    ("script", "empty"),
    [
        ("", True),
        (VERSIONS, True),
        ("PRAGMA user_version = 7; PRAGMA application_id = 8", True),
        (f"{VERSIONS}; INSERT INTO alembic_version VALUES ('a1')", False),
        ("CREATE TABLE t (a)", False),
        ("CREATE VIEW v AS SELECT 1", False),
        ("CREATE VIEW alembic_version AS SELECT 1 WHERE 0", False),
        ("CREATE VIRTUAL TABLE w USING fts5(word)", False),
        (f"{VERSIONS}; CREATE TRIGGER t AFTER INSERT ON alembic_version BEGIN SELECT 1; END", False),
        (f"{VERSIONS}; CREATE INDEX i ON alembic_version (version_num)", False),
    ],
)
def test_a_database_is_empty_when_nothing_of_what_sqlite_can_store_is_in_it(
    database: SqliteDatabase, script: str, empty: bool
) -> None:
    assert run(database, script).is_empty() is empty


@pytest.mark.parametrize("wal", [False, True])
def test_the_content_of_a_copy_is_the_same(database: SqliteDatabase, wal: bool) -> None:
    run(database, f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}; {EVERYTHING}")

    kept = database.copy(About("undo", "copy", datetime.now(UTC)))

    assert database.content() == database.content()
    assert database_at(kept.url.path).content() == database.content()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE book SET title = 'One' WHERE id = 1",
        "UPDATE book SET id = 77 WHERE id = 1",
        "UPDATE book SET pages = 1.0 WHERE id = 1",
        "UPDATE book SET pages = '1' WHERE id = 1",
        "UPDATE book SET pages = x'31' WHERE id = 1",
        "UPDATE book SET title = CAST(title AS BLOB) WHERE id = 5",
        "UPDATE book SET title = CAST(x'fe61' AS TEXT) WHERE id = 5",
        "UPDATE plain SET b = 5 WHERE a = 3",
        "INSERT INTO plain VALUES (1, 2)",
        "DELETE FROM plain WHERE rowid = 1",
        "UPDATE plain SET a = 2, b = 1 WHERE a = 1",
        "UPDATE keyed SET b = NULL",
        'UPDATE "odd "" name" SET "odd "" column" = 10',
        "UPDATE sqlite_sequence SET seq = 100",
        "INSERT INTO words VALUES ('world')",
        "UPDATE alembic_version SET version_num = 'a2'",
        "CREATE TABLE more (a)",
        "DROP VIEW titles",
        "DROP TRIGGER t",
        "DROP INDEX by_title",
        "ALTER TABLE plain RENAME COLUMN a TO c",
        "PRAGMA user_version = 3",
        "PRAGMA application_id = 3",
        "DELETE FROM sqlite_stat1",
    ],
)
def test_the_content_is_another_after_any_committed_change(database: SqliteDatabase, change: str) -> None:
    run(database, EVERYTHING)
    before = database.content()

    assert run(database, change).content() != before


def test_the_order_of_rows_and_the_pages_do_not_count(database: SqliteDatabase, tmp_path: Path) -> None:
    run(database, "CREATE TABLE plain (a, b); INSERT INTO plain VALUES (1, 2), (3, 4), (5, 6)")
    other = database_at(tmp_path / "b.db")
    other.create(Label("test", "other"))
    run(other, "PRAGMA page_size = 512; VACUUM; CREATE TABLE plain (a, b); INSERT INTO plain VALUES (5, 6), (3, 4)")
    run(other, "INSERT INTO plain VALUES (9, 9), (1, 2); DELETE FROM plain WHERE a = 9; VACUUM")

    assert other.content() == database.content()


def test_the_encoding_counts(database: SqliteDatabase, tmp_path: Path) -> None:
    other = database_at(tmp_path / "b.db")
    for place, encoding in ((database, "UTF-8"), (other, "UTF-16le")):
        place.url.path.unlink(missing_ok=True)
        run(place, f"PRAGMA encoding = '{encoding}'; CREATE TABLE t (a); INSERT INTO t VALUES ('ü')")

    assert other.content() != database.content()


def fill_in_their_collation(database: SqliteDatabase, table: str) -> None:
    """Make a table as a program does that brings a collation of its own."""
    with closing(sqlite3.connect(database.url.path)) as connection:
        connection.create_collation("theirs", lambda one, two: (one > two) - (one < two))
        connection.execute(table)
        connection.execute("INSERT INTO t VALUES ('a')")
        connection.commit()


def test_a_table_that_cannot_be_read_makes_the_content_unlike_any_other(database: SqliteDatabase) -> None:
    fill_in_their_collation(database, "CREATE TABLE t (a TEXT COLLATE theirs PRIMARY KEY) WITHOUT ROWID")

    assert database.content() != database.content()


def test_an_index_in_a_collation_of_another_program_does_not_hinder(database: SqliteDatabase) -> None:
    fill_in_their_collation(database, "CREATE TABLE t (a TEXT COLLATE theirs UNIQUE)")

    assert database.content() == database.content()
