"""A swap while others are connected, and come back, and while tasks are killed."""

import random
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest

from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.databases.postgres.connection import Server
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl
from tests.databases.postgres.conftest import LABEL, about, open_client, run


def test_fifty_open_clients_do_not_matter(database: PostgresDatabase) -> None:
    clients = [open_client(database.url) for _ in range(50)]
    for client in clients[:10]:
        client.cursor().execute("INSERT INTO book VALUES (2)")  # in the middle of a transaction

    with database.draft() as draft:
        draft.clone(database)
        again = [open_client(database.url) for _ in range(50)]
        started = time.monotonic()
        database.swap(draft, about(), label=LABEL)
        took = time.monotonic() - started

    assert database.rows() == {"book": 1}
    assert took < 2
    for client in (*clients, *again):
        client.close()


@contextmanager
def crowd(url: DatabaseUrl, size: int) -> Iterator[list[int]]:
    """Clients that come back as soon as they are thrown out."""
    stop = threading.Event()
    visits = [0]

    def work() -> None:
        while not stop.is_set():
            try:
                client = open_client(url)
                visits[0] += 1
                client.cursor().execute("SELECT pg_sleep(10)")
            except psycopg2.Error:
                continue

    threads = [threading.Thread(target=work, daemon=True) for _ in range(size)]
    for thread in threads:
        thread.start()
    while visits[0] < size:
        time.sleep(0.01)
    try:
        yield visits
    finally:
        stop.set()
        for thread in threads:
            while thread.is_alive():
                run(
                    url.with_name("postgres"),
                    f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url.name}'",
                )
                thread.join(0.05)


def test_clients_that_reconnect_in_a_tight_loop_do_not_matter(database: PostgresDatabase) -> None:
    with crowd(database.url, 8) as visits:
        for _ in range(3):
            with database.draft() as draft:
                started = time.monotonic()
                draft.clone(database)
                database.swap(draft, about(), label=LABEL)
                assert time.monotonic() - started < 4
        kept = database.put_away(about())
    assert visits[0] > 8
    database.remove(kept)
    assert len(database.kept()) == 3


def test_an_interrupted_clone_is_cancelled_on_the_server(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dbtasks.databases.postgres.sessions._keep_ending", interrupt)
    monkeypatch.setattr("dbtasks.databases.postgres.sessions._CALM", 0.0)
    with pytest.raises(KeyboardInterrupt), database.draft() as draft:
        draft.clone(database)

    assert database.tidy() == 0
    assert database.rows() == {"book": 1}


def test_a_server_that_goes_away_in_the_middle_is_told_and_nothing_is_left(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(server: Server, *_: object) -> None:
        pid = server.connection.info.backend_pid
        run(server.url.with_name("postgres"), f"SELECT pg_terminate_backend({pid})")

    monkeypatch.setattr("dbtasks.databases.postgres.sessions._keep_ending", cut)
    monkeypatch.setattr("dbtasks.databases.postgres.sessions._CALM", 0.0)
    with pytest.raises(DatabaseError, match=r"ended the session|lost"), database.draft() as draft:
        draft.clone(database)

    monkeypatch.undo()
    database.tidy()
    assert database.rows() == {"book": 1}
    assert database.kept() == []


def test_a_large_database_is_copied_by_files(database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dbtasks.databases.postgres.creation._FILES_FROM", {"on": 1, "off": 1})
    with database.draft() as draft:
        draft.clone(database)
        assert draft.rows() == {"book": 1}


TASK = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from dbtasks.databases.engines import open_changing
from dbtasks.databases.protocol import About, Label
from dbtasks.urls import parse_url
database = open_changing(parse_url(sys.stdin.readline(), base=Path()))
LABEL = Label("development", "books")
print("ready", flush=True)
with database.lock("db_reset", 10):
    database.tidy()
    while True:
        with database.draft() as draft:
            draft.create()
            database.swap(draft, About("undo", "killed", datetime.now(UTC)), label=LABEL)
        with database.draft() as draft:
            draft.clone(database)
            database.swap(draft, None, label=LABEL)
        database.remove(database.kept()[0])
"""


def killed_somewhere(url: DatabaseUrl) -> None:
    """Start the task and kill it after a random time."""
    with subprocess.Popen(
        [sys.executable, "-c", TASK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(url.render() + "\n")
        child.stdin.flush()
        assert child.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0.005, 0.35))
        child.kill()


def kill_and_check(database: PostgresDatabase, times: int) -> None:
    for _ in range(times):
        killed_somewhere(database.url)
        with database.lock("check", 10):
            assert database.exists()
            assert database.label() == LABEL
            assert database.rows() in ({"book": 1}, {})
            database.tidy()
            for kept in database.kept():
                assert kept.about.title == "killed"
                database.remove(kept)
            left = database.server.query("SELECT datname FROM pg_database WHERE starts_with(datname, 'dbtasks_')")
            mine = [name for (name,) in left if database.url.name[:20] in name]
            assert mine == []


def test_a_killed_task_leaves_the_old_or_the_new(database: PostgresDatabase) -> None:
    kill_and_check(database, 10)


def test_a_database_appears_with_its_label(database: PostgresDatabase) -> None:
    fresh = PostgresDatabase(database.url.with_name(f"test_{secrets.token_hex(6)}"))
    creator = threading.Thread(target=fresh.create, args=(LABEL,))
    creator.start()
    query = "SELECT shobj_description(oid, 'pg_database') IS NOT NULL FROM pg_database WHERE datname = %(name)s"
    while creator.is_alive():
        assert database.server.query(query, {"name": fresh.url.name}) in ([], [(True,)])
    creator.join()
    assert fresh.label() == LABEL
    fresh.remove(fresh.put_away(about()))
