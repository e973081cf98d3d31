"""One task at a time, and a waiter is told who is at work."""

import os
import subprocess
import sys
import threading
import time

import pytest

from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.errors import BusyError, DatabaseError

HOLDER = """
import sys, time
from pathlib import Path
from dbtasks.databases.engines import open_changing
from dbtasks.urls import parse_url
with open_changing(parse_url(sys.stdin.readline(), base=Path())).lock("db_reset of another", 5):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(database: PostgresDatabase) -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(database.url.render() + "\n")
    child.stdin.flush()
    assert child.stdout.readline() == "held\n"
    return child


def test_a_waiter_is_told_who_holds_it(database: PostgresDatabase) -> None:
    said: list[str] = []
    waiting = PostgresDatabase(database.url, said.append)
    with holder(database) as child:
        with pytest.raises(BusyError) as caught, waiting.lock("migrate", 0.3):
            pytest.fail("it was held")
        assert f"db_reset of another, process {child.pid} on" in caught.value.message
        assert "since" in caught.value.message
        assert len(said) == 1
        assert str(child.pid) in said[0]

        child.kill()
        child.wait()
        started = time.monotonic()
        with waiting.lock("migrate", 5):
            assert time.monotonic() - started < 2
    assert len(said) <= 2


def test_other_databases_have_other_locks(database: PostgresDatabase) -> None:
    other = PostgresDatabase(database.url.with_name(database.url.name + "2"))
    with database.lock("one", 0), other.lock("two", 0), pytest.raises(BusyError), database.lock("three", 0):
        pytest.fail("it was held")


def test_a_lock_needs_no_database(database: PostgresDatabase) -> None:
    absent = PostgresDatabase(database.url.with_name("no such database"))
    with absent.lock("db_create", 0):
        assert not absent.exists()


def test_twenty_at_once_take_turns(database: PostgresDatabase) -> None:
    inside = 0
    most = 0
    turns = 0

    def work() -> None:
        nonlocal inside, most, turns
        with PostgresDatabase(database.url).lock("turn", 30):
            inside += 1
            most = max(most, inside)
            time.sleep(0.002)
            turns += 1
            inside -= 1

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, turns) == (1, 20)


def test_a_long_task_and_host_are_cut_not_refused(database: PostgresDatabase) -> None:
    with database.lock("é" * 200, 1), pytest.raises(BusyError, match=f"process {os.getpid()}"), database.lock("b", 0):
        pytest.fail("it was held")


def test_a_task_whose_connection_was_lost_does_not_go_on_without_its_lock(database: PostgresDatabase) -> None:
    other = PostgresDatabase(database.url)
    pid = database.server.connection.info.backend_pid
    with database.lock("db_reset", 1):
        other.server.query("SELECT pg_terminate_backend(%(pid)s, 1000)", {"pid": pid})
        with pytest.raises(DatabaseError):
            database.exists()
        with pytest.raises(DatabaseError, match="lost in the middle of the task"):
            database.exists()
        with other.lock("db_reset", 1):
            pass
    assert database.exists()


def test_a_killed_tasks_statement_is_waited_for(database: PostgresDatabase) -> None:
    script = HOLDER.replace("time.sleep(60)", "db.server.query('SELECT pg_sleep(1.0)')")
    script = script.replace("with open_changing(", "db = open_changing(").replace(").lock(", ")\nwith db.lock(")
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(database.url.render() + "\n")
        child.stdin.flush()
        assert child.stdout.readline() == "held\n"
        time.sleep(0.2)
        child.kill()
        child.wait()
        started = time.monotonic()
        with database.lock("migrate", 5):
            assert time.monotonic() - started > 0.3
