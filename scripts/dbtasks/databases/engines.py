"""Open the database that a URL names, on whichever engine it is."""

from collections.abc import Callable

from dbtasks.databases.protocol import Changing, Reading
from dbtasks.urls import DatabaseUrl


def open_database(url: DatabaseUrl) -> Reading:
    """The database that a URL names, to be looked at."""
    return open_changing(url)


def open_changing(
    url: DatabaseUrl,
    *,
    when_waiting: Callable[[str], None] = lambda _: None,
    warn: Callable[[str], None] = lambda _: None,
) -> Changing:
    """The database that a URL names, to be changed: for `workflows/change` alone, and a test holds that."""
    if url.engine == "sqlite":
        from dbtasks.databases.sqlite import SqliteDatabase

        return SqliteDatabase(url, when_waiting)
    from dbtasks.databases.postgres import PostgresDatabase

    return PostgresDatabase(url, when_waiting, warn=warn)
