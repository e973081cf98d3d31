"""The long version of tests/databases/postgres/test_swap.py: tasks killed at random instants."""

import secrets
from collections.abc import Iterator

import pytest

from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.databases.postgres.removal import drop
from dbtasks.urls import DatabaseUrl
from tests.databases.postgres.conftest import LABEL, run
from tests.databases.postgres.test_swap import crowd, kill_and_check

pytestmark = pytest.mark.drill


@pytest.fixture
def database(postgres_server: DatabaseUrl) -> Iterator[PostgresDatabase]:
    made = PostgresDatabase(postgres_server.with_name(f"drill_{secrets.token_hex(6)}"))
    made.create(LABEL)
    run(made.url, "CREATE TABLE book (id int); INSERT INTO book VALUES (1)")
    yield made
    made.tidy()
    made.server.execute(drop(made.url.name))


def test_two_hundred_kills(database: PostgresDatabase) -> None:
    kill_and_check(database, 200)


def test_kills_while_clients_come_back_in_a_loop(database: PostgresDatabase) -> None:
    with crowd(database.url, 8):
        kill_and_check(database, 30)
