"""INVALID indexes: what a failed CREATE INDEX CONCURRENTLY leaves behind on PostgreSQL.

Such an index serves no query, slows every write, and `IF NOT EXISTS` takes it for the real one.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ...messages.failures import WorkerError
from ...messages.values import InvalidIndex, WorkerSettings

# One that is being built at this moment is invalid too, and nobody's fault.
_INVALID = sql(
    """SELECT n.nspname AS schema, i.relname AS name, t.relname AS table,
        format('%I.%I', n.nspname, i.relname) AS quoted
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
        JOIN pg_namespace n ON n.oid = i.relnamespace
    WHERE NOT x.indisvalid AND i.relkind = 'i' AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
        AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = x.indexrelid)
    ORDER BY 1, 2"""
)


def invalid_indexes(settings: WorkerSettings) -> list[InvalidIndex]:
    """The indexes that a failed build left behind; none on SQLite, which builds them in its transaction.

    Raises:
        DatabaseError: the database cannot be asked.
    """
    if settings.engine == "sqlite":
        return []
    with _connected(settings) as connection:
        return [InvalidIndex(row.name, row.table, row.quoted) for row in connection.execute(_INVALID)]


def drop_invalid_of(settings: WorkerSettings, sources: Iterable[Path]) -> list[InvalidIndex]:
    """Drop the unfinished indexes that the revisions in these files are going to build; the others stay.

    Raises:
        DatabaseError: the database did not do it.
    """
    if settings.engine == "sqlite":
        return []
    texts = [text for text in (file.read_text(encoding="utf-8") for file in sources) if "concurrently" in text.lower()]
    if not texts:
        return []
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    going = [index for index in invalid_indexes(settings) if index.name in words]
    if going:
        with _connected(settings) as connection:
            connection.exec_driver_sql("SET lock_timeout = 0")
            for index in going:
                connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {index.quoted}")
    return going


@contextmanager
def _connected(settings: WorkerSettings) -> Iterator[Connection]:
    engine = create_engine(settings.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise WorkerError("database", f"PostgreSQL says: {reason}", checked=[f"database {settings.place}"]) from error
