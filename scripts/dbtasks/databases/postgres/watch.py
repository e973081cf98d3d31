"""Notice what others commit to a PostgreSQL database while a task works on a copy of it."""

import time

from dbtasks.databases.postgres.connection import open_connection
from dbtasks.databases.protocol import Kept
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl

# Rows of tables and of the catalog, so that DDL and TRUNCATE are seen too. Not what ANALYZE writes, nor what belongs
# to the whole server. A backend's counts are there when it has ended, as all have at a clone and at a swap.
_WRITES = """
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint
FROM pg_catalog.pg_stat_all_tables AS counted JOIN pg_catalog.pg_class AS c ON c.oid = counted.relid
WHERE NOT c.relisshared AND c.relpersistence <> 't' AND c.relname NOT LIKE 'pg\\_statistic%'
"""


_SHARED_COUNTS = 150000  # before that, backends sent them to a process which wrote them down twice a second
_COLLECTED = 0.6


class PostgresWatch:
    """The server's own counts of written rows, before and after.

    Args:
        url: of the database.
    """

    def __init__(self, url: DatabaseUrl) -> None:
        self._url = url
        self._start: int | None = None

    def begin(self) -> None:
        """Count from here on: all sessions had to end for a copy that was made before."""
        self._start = _count(self._url)

    def has_seen_writes(self, kept: Kept | None = None) -> bool:
        """Has anybody written to it? After a swap the former state is asked."""
        now = _count(kept.url if kept else self._url)
        return None not in (now, self._start) and now != self._start


def _count(url: DatabaseUrl) -> int | None:
    """The rows written so far; None where that cannot be asked."""
    try:
        with open_connection(url) as connection, connection.cursor() as cursor:
            if connection.server_version < _SHARED_COUNTS:
                time.sleep(_COLLECTED)
            cursor.execute(_WRITES)
            found = cursor.fetchone()
    except DatabaseError:
        return None
    return int(found[0]) if found else None
