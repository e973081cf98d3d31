"""A database of one test's own, gone afterwards with every relative."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from datetime import UTC, datetime
from typing import Any

import psycopg2
import pytest

from dbtasks.databases.postgres import PostgresDatabase, content_hash, emptiness
from dbtasks.databases.postgres.connection import open_connection
from dbtasks.databases.postgres.removal import drop
from dbtasks.databases.protocol import About, Label
from dbtasks.urls import DatabaseUrl

LABEL = Label("development", "books")


def about(title: str = "db_reset", **facts: str) -> About:
    return About("undo", title, datetime.now(UTC), ("a1",), facts)


def run(url: DatabaseUrl, statement: str) -> list[tuple[Any, ...]]:
    """Run SQL in a database as any client would."""
    with closing(psycopg2.connect(**url.connect_arguments())) as connection:  # type: ignore[call-overload]  # typeshed lists keywords, not a mapping
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def open_client(url: DatabaseUrl) -> "psycopg2.extensions.connection":
    client: psycopg2.extensions.connection = psycopg2.connect(**url.connect_arguments())  # type: ignore[call-overload]  # typeshed lists keywords, not a mapping
    return client


@pytest.fixture
def named(postgres_server: DatabaseUrl) -> Iterator[Callable[[str], PostgresDatabase]]:
    """Open databases by name; whatever exists of them or of their relatives at the end is dropped."""
    opened: list[PostgresDatabase] = []

    def make(name: str) -> PostgresDatabase:
        opened.append(PostgresDatabase(postgres_server.with_name(name)))
        return opened[-1]

    yield make
    for database in opened:
        if database.server.connection.closed:
            continue
        for kept in database.kept():
            database.remove(kept)
        database.tidy()
        database.server.execute(drop(database.url.name))
        database.server.connection.close()


@pytest.fixture
def database(named: Callable[[str], PostgresDatabase]) -> PostgresDatabase:
    """A database that exists, with one row in it."""
    made = named(f"test_{secrets.token_hex(6)}")
    made.create(LABEL)
    run(made.url, "CREATE TABLE book (id int); INSERT INTO book VALUES (1)")
    return made


@pytest.fixture
def one_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let content and emptiness be asked on one connection: the caches of a new one are most of what they cost."""
    opened: dict[str, psycopg2.extensions.connection] = {}
    with ExitStack() as stack:

        def open_once(url: DatabaseUrl) -> AbstractContextManager["psycopg2.extensions.connection"]:
            if url.name == "template1":  # nobody could make a database while it is held
                return open_connection(url)
            if url.name not in opened:
                opened[url.name] = stack.enter_context(open_connection(url))
            return nullcontext(opened[url.name])

        monkeypatch.setattr(content_hash, "open_connection", open_once)
        monkeypatch.setattr(emptiness, "open_connection", open_once)
        yield
