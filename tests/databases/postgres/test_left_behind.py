"""S6: a statement that a killed task left running is waited for, then ended; only then is the lock worth anything."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2
import pytest

from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.urls import DatabaseUrl
from tests.databases.postgres.conftest import LABEL, open_client

# A migrating session of a task, whose client the server does not miss.
WORKER = """
import sys, psycopg2
dsn, name, seconds = sys.stdin.readline().rstrip("\\n").split("|")
connection = psycopg2.connect(dsn, application_name=name)
cursor = connection.cursor()
cursor.execute("LOCK TABLE book")
print("locked", flush=True)
cursor.execute("SELECT pg_sleep(%s)", (float(seconds),))
"""
SIGNATURE = "dbtasks 4711@elsewhere 10:00:00 migrate"


@contextmanager
def killed_worker(url: DatabaseUrl, seconds: float, name: str = SIGNATURE) -> Iterator[int]:
    """The server process of a session whose client was killed in the middle of a statement."""
    dsn = psycopg2.extensions.make_dsn(**url.connect_arguments())  # type: ignore[arg-type]  # typeshed lists keywords, not a mapping
    with subprocess.Popen(
        [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(f"{dsn}|{name}|{seconds}\n")
        child.stdin.flush()
        assert child.stdout.readline() == "locked\n"
        server = PostgresDatabase(url.with_name("postgres")).server
        query = "SELECT pid FROM pg_stat_activity WHERE query ~ 'pg_sleep' AND datname = %(name)s"
        while not (found := server.query(query, {"name": url.name})):
            pass
        child.kill()
        child.wait()
        yield int(found[0][0])
        server.query("SELECT pg_terminate_backend(%(pid)s, 5000)", {"pid": found[0][0]})
        server.connection.close()


def is_there(database: PostgresDatabase, pid: int) -> bool:
    return bool(database.server.query("SELECT FROM pg_stat_activity WHERE pid = %(pid)s", {"pid": pid}))


def test_a_statement_that_ends_in_time_is_waited_for_and_named(database: PostgresDatabase) -> None:
    said: list[str] = []
    waiting = PostgresDatabase(database.url, said.append)
    with killed_worker(database.url, 1.0) as pid, waiting.lock("migrate", 60):
        assert not is_there(database, pid)
    assert said == [f"Waiting for a statement of a killed task: {SIGNATURE} (server process {pid})"]


def test_one_that_does_not_end_in_time_is_ended(database: PostgresDatabase) -> None:
    with killed_worker(database.url, 600) as pid, database.lock("migrate", 0.2):
        assert not is_there(database, pid)
        assert database.rows() == {"book": 1}


def test_those_on_a_draft_count_as_well(database: PostgresDatabase) -> None:
    with database.draft() as draft:
        draft.clone(database)
        with killed_worker(draft.url, 600) as pid, database.lock("migrate", 0):
            assert not is_there(database, pid)


@pytest.mark.parametrize("name", ["psql", "dbtasks", "mydbtasks 1", ""])
def test_sessions_of_others_are_left_alone(name: str, database: PostgresDatabase) -> None:
    with killed_worker(database.url, 600, name) as pid, database.lock("migrate", 0):
        assert is_there(database, pid)


def test_those_of_another_database_are_left_alone(
    database: PostgresDatabase, named: Callable[[str], PostgresDatabase]
) -> None:
    other = named(database.url.name + "_2")
    other.create(LABEL)
    with killed_worker(database.url, 600) as pid, other.lock("migrate", 0):
        assert is_there(database, pid)


def test_an_interrupted_wait_lets_the_lock_go(database: PostgresDatabase) -> None:
    def interrupt(_words: str) -> None:
        raise KeyboardInterrupt

    waiting = PostgresDatabase(database.url, interrupt)
    with killed_worker(database.url, 600), pytest.raises(KeyboardInterrupt), waiting.lock("migrate", 60):
        pytest.fail("there was a statement to wait for")

    with database.lock("migrate", 0):
        pass


def test_the_server_notices_by_itself_that_the_client_of_a_long_statement_is_gone(database: PostgresDatabase) -> None:
    connection = database.server.connection
    with connection.cursor() as cursor:
        cursor.execute("SHOW client_connection_check_interval")
        assert cursor.fetchone() == ("2s",)


def test_a_task_that_ends_while_another_waits_is_not_taken_for_a_killed_one(database: PostgresDatabase) -> None:
    said: list[str] = []
    waiting = PostgresDatabase(database.url, said.append)
    taken = threading.Event()

    def work() -> None:
        with waiting.lock("migrate", 30):
            taken.set()

    with database.lock("db_reset", 1):
        client = open_client(database.url)
        client.cursor().execute("SET application_name = 'dbtasks 1@here 10:00:00 db_reset'")
        thread = threading.Thread(target=work)
        thread.start()
        while not said:
            time.sleep(0.01)
        client.close()
    assert taken.wait(30)
    thread.join()
    assert [words for words in said if "killed" in words] == []
