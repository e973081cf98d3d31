"""Wait for the locks of PostgreSQL without making anybody wait for us, and say who holds them.

A statement that waits for a strong lock stops every later reader of the table. So it waits for a short
while only, gives the lock's queue free, and the whole revision is tried again a little later.
The idea of a short timeout with retries is strong_migrations'.
"""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ...messages.values import WorkerSettings
from .additive_run import OURS
from .environment import Attempt

LOCK_NOT_AVAILABLE = "55P03"
DEADLOCK = "40P01"
_LONGEST_PAUSE = 10.0
_LONGEST_QUERY = 100
_BLOCKERS = text(
    """SELECT a.pid, coalesce(nullif(a.application_name, ''), a.usename, a.backend_type) AS name, a.state,
        extract(epoch FROM now() - coalesce(a.xact_start, a.query_start))::int AS seconds, a.query
    FROM unnest(pg_blocking_pids(:pid)) AS blocking(pid) JOIN pg_stat_activity a USING (pid) ORDER BY a.pid"""
)

Tell = Callable[[str], None]


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE of a driver's error, whichever driver it is; empty for everything else."""
    original = error.orig if isinstance(error, DBAPIError) else None
    return getattr(original, "pgcode", None) or getattr(original, "sqlstate", None) or ""


def is_lock_failure(error: BaseException) -> bool:
    """Was a lock not to be had, so that the same thing may work a little later?"""
    return sqlstate(error) in {LOCK_NOT_AVAILABLE, DEADLOCK}


def pause_before(attempt: int, lock_timeout: float) -> float:
    """Seconds to wait before the next attempt: twice as long each time, and never quite the same."""
    longest: float = min(_LONGEST_PAUSE, lock_timeout * 2**attempt)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 (so that two do not meet again, not against guessing)


class Watch:
    """Asks on a second connection who blocks the migrating session, while that one waits."""

    def __init__(self, settings: WorkerSettings, attempt: Attempt, tell: Tell) -> None:
        self.blockers: tuple[str, ...] = ()
        self._url = settings.url
        self._attempt = attempt
        self._tell = tell
        self._over = threading.Event()
        self._interval = min(1.0, attempt.lock_timeout / 3) or 1.0

    @contextmanager
    def on(self) -> Iterator[None]:
        """Watch while the body runs; a run that is over soon costs no second connection."""
        thread = threading.Thread(target=self._watch, name="dbtasks lock watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _watch(self) -> None:
        if self._over.wait(self._interval):
            return
        engine = create_engine(
            self._url, poolclass=NullPool, isolation_level="AUTOCOMMIT", execution_options={OURS: True},
            connect_args={"application_name": "dbtasks lock watch", "connect_timeout": 5},
        )  # fmt: skip
        try:
            with engine.connect() as connection:
                while not self._over.is_set():
                    self._look(connection)
                    self._over.wait(self._interval)
        except DBAPIError:
            return  # no second connection to be had: the migration does not depend on it

    def _look(self, connection: Connection) -> None:
        if not self._attempt.server_process:
            return
        rows = connection.execute(_BLOCKERS, {"pid": self._attempt.server_process})
        found = tuple(_told(row.pid, row.name, row.state, row.seconds, row.query) for row in rows)
        processes = {line.split(" (")[0] for line in found}
        if found and processes != {line.split(" (")[0] for line in self.blockers}:
            self._tell(f"  waiting for a lock that is held by {'; '.join(found)}")
        self.blockers = found or self.blockers


def _told(pid: int, name: str, state: str | None, seconds: int | None, query: str) -> str:
    query = " ".join((query or "").split())
    if len(query) > _LONGEST_QUERY:
        query = query[:_LONGEST_QUERY] + "..."
    since = "" if seconds is None else f" for {seconds} s"
    return f"process {pid} ({name}, {state or 'working'}{since}): {query or 'no query yet'}"
