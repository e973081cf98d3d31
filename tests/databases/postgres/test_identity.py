"""G5, G6, G7, A1: what tells a database from its copies and namesakes, and who is on it."""

import secrets
from collections.abc import Callable

import pytest

from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.databases.protocol import Label
from dbtasks.errors import ConfigError
from dbtasks.urls import DatabaseUrl
from tests.databases.postgres.conftest import LABEL, about, open_client, run

COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %(name)s"
HELD = """SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32 | objid::bigint) = {}"""


def comment_of(database: PostgresDatabase) -> str:
    return str(database.server.query(COMMENT, {"name": database.url.name})[0][0])


def with_comment(database: PostgresDatabase, text: str) -> None:
    database.server.execute(f"COMMENT ON DATABASE {database.url.name} IS '{text}'")


def test_the_identity_is_of_the_very_database(
    database: PostgresDatabase, named: Callable[[str], PostgresDatabase]
) -> None:
    other = named(database.url.name + "_2")
    other.create(LABEL)
    before = database.identity()
    by_another_name = PostgresDatabase(DatabaseUrl(**{**vars(database.url), "host": "localhost"}))

    assert before == by_another_name.identity() != other.identity()
    with database.draft() as draft:
        draft.create()
        database.swap(draft, None, label=LABEL)
    assert database.identity() != before


@pytest.mark.parametrize("environment", ["development", "production"])
def test_a_label_that_came_with_a_comment_counts_as_none(
    environment: str, database: PostgresDatabase, named: Callable[[str], PostgresDatabase]
) -> None:
    database.set_label(Label(environment, "books"))  # type: ignore[arg-type]  # both are environments
    database.set_branch("feature")
    copy = named(database.url.name + "_2")
    copy.server.execute(f"CREATE DATABASE {copy.url.name} TEMPLATE {database.url.name}")
    assert copy.label() is None

    with_comment(copy, comment_of(database))  # as pg_dump -C does

    assert (copy.label(), copy.branch()) == (None, "")
    copy.set_label(LABEL)
    assert (copy.label(), copy.branch()) == (LABEL, "")


def test_the_label_holds_after_every_swap(database: PostgresDatabase) -> None:
    database.set_label(Label("production", "books"))
    for _ in range(2):
        with database.draft() as draft:
            draft.create()
            kept = database.swap(draft, about(), label=LABEL)
        assert database.label() == Label("production", "books")
        assert database.identity() in comment_of(database)
    assert kept is not None
    assert PostgresDatabase(kept.url).label() == Label("production", "books")


def test_a_label_of_the_version_before_counts_and_is_bound_by_the_next_write(database: PostgresDatabase) -> None:
    with_comment(database, '{"dbtasks": {"kind": "live", "label": {"environment": "test", "project": "books"}}}')
    assert database.label() == Label("test", "books")

    database.set_branch("main")

    assert database.label() == Label("test", "books")
    assert database.identity() in comment_of(database)


def test_a_connection_to_the_aimed_database_sees_the_lock_and_one_beside_it_does_not(
    database: PostgresDatabase,
) -> None:
    beside = database.url.with_name("postgres")
    with database.aim() as aim, database.aim() as another:
        assert 0 < aim.key < 2**63
        assert aim.key != another.key
        assert run(database.url, HELD.format(aim.key)) == [(1,)]
        assert run(beside, HELD.format(aim.key)) == [(0,)]
        assert database.sessions() == []

    while database.server.query("SELECT FROM pg_stat_activity WHERE datname = %(name)s", {"name": database.url.name}):
        pass
    assert run(database.url, HELD.format(aim.key)) == [(0,)]


def test_an_aim_that_a_swap_ended_is_no_failure(database: PostgresDatabase) -> None:
    with database.aim(), database.draft() as draft:
        draft.create()
        database.swap(draft, None, label=LABEL)

    assert database.rows() == {}


def test_sessions_say_who_it_is_and_whether_a_transaction_is_open(database: PostgresDatabase) -> None:
    idle, busy = open_client(database.url), open_client(database.url)
    idle.autocommit = True
    idle.cursor().execute("SET application_name = 'a tool'")
    busy.cursor().execute("INSERT INTO book VALUES (2)")

    first, second = database.sessions()

    assert (first.process, first.in_transaction) == (idle.info.backend_pid, False)
    assert (second.process, second.in_transaction) == (busy.info.backend_pid, True)
    assert first.who.startswith("postgres, a tool, ")
    idle.close()
    busy.close()


@pytest.mark.parametrize("name", ["x" * 64, "é" * 32, "数" * 22, "x" * 500])
def test_a_name_that_the_server_would_cut_is_refused_at_once(name: str, postgres_server: DatabaseUrl) -> None:
    with pytest.raises(ConfigError, match=f"takes {len(name.encode())} bytes"):
        PostgresDatabase(postgres_server.with_name(name))


def test_a_role_that_may_not_see_others_counts_them_as_in_a_transaction(database: PostgresDatabase) -> None:
    role = f"plain_{secrets.token_hex(4)}"
    database.server.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x'")
    plain = PostgresDatabase(DatabaseUrl(**{**vars(database.url), "user": role, "password": "x"}))
    client = open_client(database.url)

    [seen] = plain.sessions()

    assert (seen.process, seen.in_transaction) == (client.info.backend_pid, True)
    client.close()
    plain.server.connection.close()
    database.server.execute(f"DROP ROLE {role}")
