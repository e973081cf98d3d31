"""One task at a time on a database: an advisory lock on a connection of its own.

A lock of the session outlives every transaction and dies with its holder, however that dies.
"""

import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from psycopg2.extensions import connection as Connection  # noqa: N812 (a class in all but its spelling)

from dbtasks.databases.postgres import naming
from dbtasks.databases.postgres.connecting import Server
from dbtasks.databases.postgres.failures import explaining
from dbtasks.errors import BusyError

_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.5
_NAME = 63  # bytes of an application_name
# The holder's last statement is the one that got the lock, so state_change is when it got it.
_HOLDER = """SELECT a.application_name, a.pid, to_char(a.state_change AT TIME ZONE 'UTC', 'HH24:MI:SS')
    FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (l.classid::bigint << 32 | l.objid::bigint) = %(key)s"""


@contextmanager
def locked(
    server: Server, database: str, task: str, wait: float, when_waiting: Callable[[str], None]
) -> Iterator[None]:
    """Hold the lock of a database, alone.

    Args:
        server: that has the database; the lock lives in its maintenance database, always the same one.
        database: its name, whether it exists or not.
        task: what is being done, told to whoever waits.
        wait: seconds to wait for another holder.
        when_waiting: told once, in words, that somebody else is at work.

    Raises:
        BusyError: the wait is over.
        DatabaseError: the server cannot be asked.
    """
    with closing(server.session(signature(task))) as connection:
        with explaining(server.url):
            _acquire(connection, database, wait, when_waiting)
        yield


def signature(task: str) -> str:
    """How the holder's session calls itself; PostgreSQL keeps 63 bytes of it, and ASCII only."""
    host = socket.gethostname().encode("ascii", "replace").decode()[:24]
    return f"dbtasks {os.getpid()}@{host} {task}".encode("ascii", "replace").decode()[:_NAME]


def _acquire(connection: Connection, database: str, wait: float, when_waiting: Callable[[str], None]) -> None:
    key = naming.lock_key(database)
    deadline = time.monotonic() + wait
    pause = _FIRST_PAUSE
    told = False
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%(key)s)", {"key": key})
            if cursor.fetchone() == (True,):
                return
            cursor.execute(_HOLDER, {"key": key})
            holder = _told(cursor.fetchone())
            left = deadline - time.monotonic()
            if left <= 0:
                raise BusyError(
                    f"Another task is at work on this database: {holder}.",
                    checked=[f"waited {wait:.0f} s for the lock of {database}"],
                    hint="Wait for it, or stop it, then try again; a stopped task leaves nothing locked",
                )
            if not told:
                when_waiting(f"Waiting for {holder}")
                told = True
            time.sleep(min(left, pause * random.uniform(0.5, 1)))  # noqa: S311 (only so that waiters do not march in step)
            pause = min(pause * 2, _LONGEST_PAUSE)


def _told(holder: tuple[str | None, int, str | None] | None) -> str:
    if holder is None:
        return "a task that has just ended"
    name, backend, since = holder
    when = f", since {since} UTC" if since else ""
    words = (name or "").split(" ", 2)
    if len(words) < 3 or words[0] != "dbtasks":  # noqa: PLR2004 (the parts of a signature); another role's name is hidden
        return f"a session of another role (server process {backend}){when}"
    pid, _, host = words[1].partition("@")
    return f"{words[2]}, process {pid} on {host} (server process {backend}){when}"
