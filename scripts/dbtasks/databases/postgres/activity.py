"""Sessions on a database: those of other people, and those that a killed task left running."""

import time
from collections.abc import Callable, Sequence

from dbtasks.databases.postgres import reserved_names
from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.postgres.failures import name_address
from dbtasks.databases.protocol import Session
from dbtasks.errors import BusyError

# From most roles the state and kind of other roles' sessions are hidden: it may well be in a transaction, and
# what has a user is no worker of the server. A look of ours lasts a moment and is nobody's work; its session may
# outlive its connection by a few milliseconds.
_OTHERS = """SELECT pid, usename, application_name, COALESCE(host(client_addr), 'the local socket'),
    state IS NULL OR xact_start IS NOT NULL
    FROM pg_stat_activity WHERE datname = %(name)s AND usesysid IS NOT NULL
    AND (backend_type IS NULL OR backend_type IN ('client backend', 'walsender'))
    AND application_name IS DISTINCT FROM 'dbtasks' AND pid <> ALL(%(own)s) AND pid <> pg_backend_pid()
    ORDER BY backend_start"""
# Whoever has the lock of a database is the only task there: other sessions of tasks have lost their process.
LEFT_BEHIND = """SELECT pid FROM pg_stat_activity
    WHERE (datname = %(database)s OR starts_with(datname, %(stem)s))
    AND starts_with(application_name, 'dbtasks ') AND pid <> pg_backend_pid()"""
_RUNNING = f"SELECT pid, application_name, state = 'active' FROM pg_stat_activity WHERE pid IN ({LEFT_BEHIND})"  # noqa: S608 (made of constants and names of catalogs)
_END = "SELECT pg_terminate_backend(%(pid)s, %(patience)s)"
_PATIENCE = 5000  # ms for a backend that was told to end
_PAUSE = 0.05


def find_sessions(server: Server, name: str) -> Sequence[Session]:
    """Who else is connected to a database."""
    rows = server.query(_OTHERS, {"name": name, "own": list(server.own)})
    return [
        Session(pid, ", ".join(part for part in (user, application, place) if part), open_transaction)
        for pid, user, application, place, open_transaction in rows
    ]


def list_places(database: str) -> dict[str, str]:
    """The values of `LEFT_BEHIND`: a database and its drafts."""
    return {"database": database, "stem": reserved_names.begin_draft_name(database)}


def end_left_behind(server: Server, database: str, deadline: float, tell: Callable[[str], None]) -> None:
    """Let statements of killed tasks finish until the deadline, by `time.monotonic()`, then end their sessions.

    Raises:
        BusyError: a session cannot be ended.
    """
    told = False
    while found := server.query(_RUNNING, list_places(database)):
        pid, name, running = found[0]
        if running and time.monotonic() < deadline:
            if not told:
                tell(f"Waiting for a statement of a killed task: {name} (server process {pid})")
                told = True
            time.sleep(_PAUSE)
        elif not server.query(_END, {"pid": pid, "patience": _PATIENCE})[0][0] and _is_there(server, pid):
            raise BusyError(
                f"A statement of a killed task cannot be ended: {name} (server process {pid}).",
                checked=[f"pg_terminate_backend({pid}) on {name_address(server.url)}"],
                hint="nox -s db_logs tells what it does; as an administrator restart the server",
            )


def _is_there(server: Server, pid: int) -> bool:
    """A session that ended by itself meanwhile cannot be ended either."""
    return bool(server.query("SELECT FROM pg_stat_activity WHERE pid = %(pid)s", {"pid": pid}))
