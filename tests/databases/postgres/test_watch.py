"""What others write to a database is seen by the server's own counts, and its own housekeeping is not."""

from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from dbtasks.databases.postgres.watch import PostgresWatch
from dbtasks.urls import DatabaseUrl, parse_url


@pytest.fixture
def url(postgres_url: str) -> DatabaseUrl:
    found = parse_url(postgres_url, base=Path())
    execute(found, "CREATE TABLE book (id integer, title text)")
    return found


def execute(url: DatabaseUrl, statement: str) -> None:
    with closing(psycopg2.connect(**url.connect_arguments())) as connection:  # type: ignore[call-overload]  # typeshed lists keywords, not a mapping
        connection.autocommit = True
        connection.cursor().execute(statement)


def watch(url: DatabaseUrl) -> PostgresWatch:
    found = PostgresWatch(url)
    found.begin()
    return found


@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO book VALUES (1, 'Emma')", "TRUNCATE book", "CREATE TABLE shelf (id integer)", "DROP TABLE book"],
)
def test_whatever_is_written_is_seen(url: DatabaseUrl, statement: str) -> None:
    watching = watch(url)

    execute(url, statement)

    assert watching.has_seen_writes()


@pytest.mark.parametrize("statement", ["VACUUM ANALYZE", "SELECT * FROM book"])
def test_housekeeping_and_looks_are_not(url: DatabaseUrl, statement: str) -> None:
    execute(url, "INSERT INTO book SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, 500) n")
    watching = watch(url)

    execute(url, statement)

    assert not watching.has_seen_writes()
