"""One task at a time on a database: an advisory lock of the maintenance connection's session.

A lock of the session outlives every transaction and dies with its holder, however that dies. It is
held by the very connection that clones and renames: when a task is killed, the server still finishes
the statement that runs, and only then lets the lock go. On another connection the lock would be free
at once, and the next task would see databases renamed under its hands.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from dbtasks.databases.database_lock import wait_for_lock
from dbtasks.databases.postgres import activity, reserved_names
from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.postgres.failures import name_address

_NAME = 63  # bytes of an application_name
_HOLDER = """SELECT a.application_name, a.pid
    FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (l.classid::bigint << 32 | l.objid::bigint) = %(key)s"""

_TRY = f"""SELECT pg_try_advisory_lock(%(key)s), set_config('application_name', %(name)s, false),
    EXISTS ({activity.LEFT_BEHIND})"""


@contextmanager
def hold_lock(
    server: Server, database: str, task: str, wait: float, when_waiting: Callable[[str], None]
) -> Iterator[None]:
    """Hold the lock of a database, alone; statements that killed tasks left running are waited for, then ended.

    Raises:
        BusyError: the wait is over.
        DatabaseError: the server cannot be asked.
    """
    key = reserved_names.derive_lock_key(database)
    deadline = time.monotonic() + wait
    left_behind = _acquire(server, database, task, wait, when_waiting)
    server.held.add(key)
    try:
        if left_behind:
            activity.end_left_behind(server, database, deadline, when_waiting)
        yield
    finally:
        server.held.discard(key)
        if server.is_open:  # one that is gone has let the lock go
            server.query("SELECT pg_advisory_unlock(%(key)s)", {"key": key})


def sign(task: str) -> str:
    """How the holder's session calls itself; PostgreSQL keeps 63 bytes of it, and ASCII only."""
    host = os.uname().nodename.encode("ascii", "replace").decode()[:20]
    now = datetime.now(UTC).strftime("%H:%M:%S")
    return f"dbtasks {os.getpid()}@{host} {now} {task}".encode("ascii", "replace").decode()[:_NAME]


def _acquire(server: Server, database: str, task: str, wait: float, when_waiting: Callable[[str], None]) -> bool:
    """Take the lock; whether sessions of killed tasks were there when it was taken."""
    key = reserved_names.derive_lock_key(database)
    left_behind = False

    def attempt() -> bool:
        nonlocal left_behind
        if key in server.held:  # the session would give it to itself any number of times
            return False
        # The name holds the time, so it is set with each attempt: the last one is when the lock was taken.
        values = {"key": key, "name": sign(task), **activity.list_places(database)}
        taken, _, left_behind = server.query(_TRY, values)[0]
        return bool(taken)

    def holder() -> str:
        return _describe(server.query(_HOLDER, {"key": key}))

    wait_for_lock(attempt, holder, wait, when_waiting, f"its lock on {name_address(server.url)}")
    return left_behind


def _describe(holders: list[tuple[str | None, int]]) -> str:
    if not holders:
        return "a task that has just ended"
    name, backend = holders[0]
    words = (name or "").split(" ", 3)
    if len(words) < 4 or words[0] != "dbtasks":  # noqa: PLR2004 (the parts of a signature); another role's name is hidden
        return f"a session of another role (server process {backend})"
    _, place, since, task = words
    pid, _, host = place.partition("@")
    return f"{task}, process {pid} on {host}, since {since} UTC (server process {backend})"
