"""S1, S2: a database that takes no connections says so, and what opens it; a swap leaves it closed."""

import secrets
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.databases.postgres.connection import connect
from dbtasks.databases.postgres.failures import HopelessError
from dbtasks.errors import DatabaseError
from tests.databases.postgres.conftest import LABEL, about

LOOKS: list[Callable[[PostgresDatabase], object]] = [
    PostgresDatabase.current,
    PostgresDatabase.rows,
    PostgresDatabase.is_empty,
    PostgresDatabase.content,
    lambda database: database.aim().__enter__(),
]


@pytest.fixture
def plain(database: PostgresDatabase) -> Iterator[PostgresDatabase]:
    """The same database as a role that connection limits hold for."""
    role = f"plain_{secrets.token_hex(4)}"
    database.server.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'word'")
    opened = PostgresDatabase(replace(database.url, user=role, password="word"))
    yield opened
    opened.server.connection.close()
    database.server.execute(f"DROP ROLE {role}")


@pytest.mark.parametrize("look", LOOKS, ids=["current", "rows", "is_empty", "content", "aim"])
def test_it_says_that_it_is_closed_and_what_to_type(
    look: Callable[[PostgresDatabase], object], database: PostgresDatabase
) -> None:
    database.server.execute(f"ALTER DATABASE {database.url.name} ALLOW_CONNECTIONS false")

    with pytest.raises(DatabaseError, match="takes no connections") as caught:
        look(database)

    assert f'ALTER DATABASE "{database.url.name}" ALLOW_CONNECTIONS true' in caught.value.hint
    assert database.url.password not in caught.value.hint


def test_what_it_says_opens_it(database: PostgresDatabase) -> None:
    database.server.execute(f"ALTER DATABASE {database.url.name} ALLOW_CONNECTIONS false")
    with pytest.raises(DatabaseError, match="takes no connections") as caught:
        database.current()

    words = shlex.split(caught.value.hint.partition(": ")[2])
    assert words[0] == "psql"
    database.server.execute(words[-1])
    assert database.rows() == {"book": 1}


def test_a_limit_of_no_connections_is_told_to_those_it_holds_for(
    database: PostgresDatabase, plain: PostgresDatabase
) -> None:
    database.server.execute(f"ALTER DATABASE {database.url.name} CONNECTION LIMIT 0")

    with pytest.raises(DatabaseError, match="takes no connections") as caught:
        plain.current()

    assert "CONNECTION LIMIT -1" in caught.value.hint
    assert database.rows() == {"book": 1}


@pytest.mark.parametrize("flag", ["ALLOW_CONNECTIONS false", "CONNECTION LIMIT 0", "CONNECTION LIMIT 3"])
def test_a_closed_database_is_swapped_and_stays_closed_its_states_open(flag: str, database: PostgresDatabase) -> None:
    database.server.execute(f"ALTER DATABASE {database.url.name} {flag}")
    before = flags(database)
    copied = database.copy(about())
    with database.draft() as draft:
        draft.create()
        assert draft.rows() == {}
        kept = database.swap(draft, about(), label=LABEL)

    assert kept is not None
    assert flags(database) == before
    for state in (copied, kept):
        assert flags(PostgresDatabase(state.url)) == (True, -1)
        assert PostgresDatabase(state.url).rows() == {"book": 1}


def test_another_failure_is_told_as_it_is(database: PostgresDatabase) -> None:
    database.server.execute(f"DROP DATABASE {database.url.name}")

    with pytest.raises(DatabaseError, match="no such database"):
        database.current()


def flags(database: PostgresDatabase) -> object:
    query = "SELECT datallowconn, datconnlimit FROM pg_database WHERE datname = %(name)s"
    return database.server.query(query, {"name": database.url.name})[0]


def test_a_closed_database_is_no_wrong_password_so_another_one_of_the_server_is_tried(
    database: PostgresDatabase,
) -> None:
    database.server.execute(f"ALTER DATABASE {database.url.name} ALLOW_CONNECTIONS false")

    with pytest.raises(DatabaseError) as caught:
        connect(database.url)

    assert not isinstance(caught.value, HopelessError), caught.value.message
