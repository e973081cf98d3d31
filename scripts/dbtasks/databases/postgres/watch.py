"""Notice what others commit to a PostgreSQL database while a task works on a copy of it."""

import time

from psycopg2.extensions import cursor as Cursor  # noqa: N812 (a class in all but its spelling)

from dbtasks.databases.postgres.connection import open_connection
from dbtasks.databases.protocol import Kept
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl

# Rows of tables and of the catalog, so that DDL and TRUNCATE are seen too. Not what ANALYZE writes, nor TOAST, whose
# rows come with one of its table or of ANALYZE, nor what belongs to the whole server.
_WRITES = """
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint
FROM pg_catalog.pg_stat_all_tables AS counted JOIN pg_catalog.pg_class AS c ON c.oid = counted.relid
WHERE NOT c.relisshared AND c.relpersistence <> 't' AND c.relkind <> 't' AND c.relname NOT LIKE 'pg\\_statistic%'
"""
_SESSIONS = """
SELECT pid FROM pg_catalog.pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_ENDING = 1.0  # seconds in which the server has ended the session of a program that has ended
_LOOK = 0.01
_SHARED_COUNTS = 150000  # before that, backends sent them to a process which wrote them down twice a second
_COLLECTED = 0.6


class PostgresWatch:
    """The server's own counts of written rows, before and after.

    A backend's counts are there when it has ended, as all have at a clone and at a swap; one whose client has gone
    needs a moment for that, which it is given.

    Args:
        url: of the database.
    """

    def __init__(self, url: DatabaseUrl) -> None:
        self._url = url
        self._start: int | None = None
        self._stays: set[int] = set()  # the sessions that are not about to end

    def begin(self) -> None:
        """Count from here on."""
        self._start = self._count(self._url)

    def has_seen_writes(self, kept: Kept | None = None) -> bool:
        """Has anybody written to it? After a swap the former state is asked."""
        now = self._count(kept.url if kept else self._url)
        return None not in (now, self._start) and now != self._start

    def _count(self, url: DatabaseUrl) -> int | None:
        """The rows written so far; None where that cannot be asked."""
        try:
            with open_connection(url) as connection, connection.cursor() as cursor:
                self._stays |= _wait_for_ends(cursor, self._stays)
                if connection.server_version < _SHARED_COUNTS:
                    time.sleep(_COLLECTED)
                cursor.execute(_WRITES)
                found = cursor.fetchone()
        except DatabaseError:
            return None
        return int(found[0]) if found else None


def _wait_for_ends(cursor: Cursor, stays: set[int]) -> set[int]:
    """Give sessions a moment to end, but for those that are known to stay; those that have not."""
    end = time.monotonic() + _ENDING
    while True:
        cursor.execute(_SESSIONS)
        left = {process for (process,) in cursor.fetchall()} - stays
        if not left or time.monotonic() > end:
            return left
        time.sleep(_LOOK)
