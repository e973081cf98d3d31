"""S1: one database that cannot be dropped, renamed or copied stops nothing else, and is named."""

from collections.abc import Callable, Iterator

import pytest

from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.databases.postgres.connection import Server
from dbtasks.errors import DatabaseError
from tests.databases.postgres.conftest import LABEL, about, open_client, run


@pytest.fixture
def prepared(database: PostgresDatabase) -> Iterator[str]:
    """A prepared transaction in the database."""
    if database.server.query("SHOW max_prepared_transactions") == [("0",)]:
        pytest.skip("this server takes no prepared transactions")
    gid = f"it's {database.url.name}"
    client = open_client(database.url)
    client.tpc_begin(client.xid(1, gid, "x"))
    client.cursor().execute("INSERT INTO book VALUES (2)")
    client.tpc_prepare()
    [(known,)] = database.server.query(
        "SELECT gid FROM pg_prepared_xacts WHERE database = %(name)s", {"name": database.url.name}
    )
    yield known
    client.tpc_rollback()
    client.close()


def subscribe(database: PostgresDatabase, at: str) -> None:
    run(
        database.url.with_name(at),
        f"CREATE SUBSCRIPTION {database.url.name} CONNECTION 'dbname=x' PUBLICATION y WITH (connect = false)",
    )


def unsubscribe(database: PostgresDatabase, at: str) -> None:
    run(database.url.with_name(at), f"ALTER SUBSCRIPTION {database.url.name} SET (slot_name = NONE)")
    run(database.url.with_name(at), f"DROP SUBSCRIPTION {database.url.name}")


def test_a_draft_with_a_subscription_is_skipped_and_named_and_others_go(database: PostgresDatabase) -> None:
    names = [f"dbtasks_draft_{database.url.name}", *(_draft(database) for _ in range(3))]
    for name in names[1:]:
        database.server.execute(f"CREATE DATABASE {name}")
    subscribe(database, names[2])
    said: list[str] = []

    assert database.tidy(said.append) == 2
    assert database.tidy() == 0

    assert len(said) == 1
    assert names[2] in said[0]
    assert "subscription" in said[0]
    unsubscribe(database, names[2])
    assert database.tidy() == 1


def test_a_draft_that_is_marked_as_a_template_is_dropped(database: PostgresDatabase) -> None:
    name = _draft(database)
    database.server.execute(f"CREATE DATABASE {name} IS_TEMPLATE true")
    assert database.tidy() == 1

    with database.draft() as draft:
        draft.create()
        database.server.execute(f"ALTER DATABASE {draft.url.name} IS_TEMPLATE true ALLOW_CONNECTIONS false")
    assert not draft.exists()


def test_a_kept_state_that_is_marked_as_a_template_is_removed(database: PostgresDatabase) -> None:
    kept = database.copy(about())
    database.server.execute(f"ALTER DATABASE {kept.url.name} IS_TEMPLATE true ALLOW_CONNECTIONS false")

    database.remove(kept)

    assert (database.kept(), database.tidy()) == ([], 0)


def test_a_kept_state_with_a_subscription_stays_a_kept_state(database: PostgresDatabase) -> None:
    kept = database.copy(about())
    subscribe(database, kept.url.name)

    with pytest.raises(DatabaseError, match="cannot be dropped") as caught:
        database.remove(kept)

    assert database.url.name in caught.value.hint
    assert [one.url for one in database.kept()] == [kept.url]
    unsubscribe(database, kept.url.name)


def test_a_database_with_a_subscription_is_kept_but_never_half_dropped(database: PostgresDatabase) -> None:
    subscribe(database, database.url.name)
    with database.draft() as draft:
        draft.create()
        with pytest.raises(DatabaseError, match="cannot be dropped"):
            database.swap(draft, None, label=LABEL)
        assert database.rows() == {"book": 1}
        kept = database.swap(draft, about(), label=LABEL)

    assert kept is not None
    unsubscribe(database, kept.url.name)


def test_a_database_that_is_marked_as_a_template_is_swapped(database: PostgresDatabase) -> None:
    database.server.execute(f"ALTER DATABASE {database.url.name} IS_TEMPLATE true")
    for keep in (None, about()):
        with database.draft() as draft:
            draft.create()
            kept = database.swap(draft, keep, label=LABEL)
        assert _is_template(database.server, database.url.name)
    assert kept is not None
    assert not _is_template(database.server, kept.url.name)

    database.server.execute(f"ALTER DATABASE {database.url.name} IS_TEMPLATE false")
    database.swap(PostgresDatabase(kept.url), None, label=LABEL, belongings="state")
    assert _is_template(database.server, database.url.name)
    put_away = database.put_away(about())
    assert not _is_template(database.server, put_away.url.name)


def test_prepared_transactions_are_named_at_once(database: PostgresDatabase, prepared: str) -> None:
    with database.draft() as draft:
        draft.create()
        attempts: list[Callable[[], object]] = [
            lambda: database.swap(draft, about(), label=LABEL),
            lambda: database.put_away(about()),
            lambda: database.copy(about()),
        ]
        for attempt in attempts:
            with pytest.raises(DatabaseError, match="prepared transactions") as caught:
                attempt()
            assert repr(prepared) in "".join(caught.value.checked)
            assert "ROLLBACK PREPARED" in caught.value.hint
    assert database.kept() == []


def test_a_lost_server_is_not_skipped(database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    database.server.execute(f"CREATE DATABASE {_draft(database)}")

    def lose(server: Server, _name: str) -> None:
        server.connection.close()
        message = "gone"
        raise DatabaseError(message)

    monkeypatch.setattr("dbtasks.databases.postgres.database.drop_ours", lose)
    with pytest.raises(DatabaseError, match="gone"):
        database.tidy()
    monkeypatch.undo()
    assert database.tidy() == 1


def _draft(database: PostgresDatabase) -> str:
    with database.draft() as draft:
        return draft.url.name


def _is_template(server: Server, name: str) -> bool:
    return bool(server.query("SELECT datistemplate FROM pg_database WHERE datname = %(name)s", {"name": name})[0][0])
