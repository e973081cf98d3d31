"""Statements that need a database to themselves, carried out however eagerly its clients come back.

RENAME and CREATE ... TEMPLATE first lock the database, so that new logins wait, and then give those
who are in five seconds to leave. Ending the sessions beforehand is not enough where clients
reconnect in a loop: some are in again before the lock is. So while the statement waits in a thread,
this one ends the sessions that it waits for. Nothing is ever set on the database that a killed task
could leave behind, as ALLOW_CONNECTIONS false would be.
"""

import threading
import time
from collections.abc import Sequence
from contextlib import closing

import psycopg2
from psycopg2 import errors
from psycopg2.extensions import connection as Connection  # noqa: N812 (a class in all but its spelling)

from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.postgres.failures import explain, explain_errors

_END_ALL = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = ANY(%s) AND pid <> pg_backend_pid() AND backend_type IS DISTINCT FROM 'autovacuum worker'"""
_STILL = "SELECT count(*) FROM pg_stat_activity WHERE datname = ANY(%s) AND pid <> pg_backend_pid()"
_LEAVING = 0.2  # seconds for ended sessions to be gone
_CALM = 0.08  # a statement that takes longer may be waiting for somebody; the server looks again after 0.1 s
_AGAIN = 0.05
_PATIENCE = 30.0


def run_alone(server: Server, statement: str, databases: Sequence[str]) -> None:
    """Run a statement that works only while nobody else is connected to some databases; their sessions are ended.

    Raises:
        DatabaseError: the statement failed, or somebody could not be made to leave.
    """
    deadline = time.monotonic() + _PATIENCE
    with explain_errors(server.url):
        _clear(server.connection, databases)
    while True:
        try:
            _watched(server, statement, databases)
        except errors.ObjectInUse as error:
            if time.monotonic() > deadline:
                raise explain(server.url, error) from error
        except psycopg2.Error as error:
            raise explain(server.url, error) from error
        else:
            return


def _clear(connection: Connection, databases: Sequence[str]) -> None:
    """End all sessions and wait until they are gone: the statement itself would look only every 0.1 s."""
    deadline = time.monotonic() + _LEAVING
    if not _end(connection, databases):
        return
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(_STILL, (list(databases),))
            found = cursor.fetchone()
            if found is None or not found[0]:
                return
            time.sleep(0.002)


def _watched(server: Server, statement: str, databases: Sequence[str]) -> None:
    """Run the statement in a thread, so that this one can end sessions, and can be interrupted."""
    connection = server.connection
    failures: list[BaseException] = []
    done = threading.Event()

    def work() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        except BaseException as error:  # noqa: BLE001 (raised again below, in the thread that asked)
            failures.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=work, name="dbtasks-statement", daemon=True)
    thread.start()
    try:
        if not done.wait(_CALM):
            _keep_ending(server, databases, done)
    except BaseException:
        connection.cancel()  # Ctrl-C: the server undoes the statement, then this goes on up
        raise
    finally:
        thread.join()
    if failures:
        raise failures[0]


def _keep_ending(server: Server, databases: Sequence[str], done: threading.Event) -> None:
    with closing(server.session()) as second:
        while not done.is_set():
            _end(second, databases, sparing=server.connection)
            done.wait(_AGAIN)


def _end(connection: Connection, databases: Sequence[str], sparing: Connection | None = None) -> int:
    query = _END_ALL if sparing is None else f"{_END_ALL} AND pid <> {sparing.info.backend_pid}"
    with connection.cursor() as cursor:
        cursor.execute(query, (list(databases),))
        return cursor.rowcount
