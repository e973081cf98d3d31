"""The names in a schema, to see whether a database is what a stamp would say it is."""

from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ...messages.failures import WorkerError
from ...messages.values import WorkerSettings

_VERSION_TABLE = "alembic_version"


def differences(settings: WorkerSettings, expected: WorkerSettings) -> list[str]:
    """What one database has and another has not: tables, and the columns of tables that both have.

    Raises:
        DatabaseError: one of them cannot be read.
    """
    found, wanted = _names(settings), _names(expected)
    missing = [f"table {table} is missing" for table in sorted(wanted.keys() - found.keys())]
    extra = [f"table {table} should not be there" for table in sorted(found.keys() - wanted.keys())]
    for table in sorted(wanted.keys() & found.keys()):
        missing += [f"column {table}.{column} is missing" for column in sorted(wanted[table] - found[table])]
        extra += [f"column {table}.{column} should not be there" for column in sorted(found[table] - wanted[table])]
    return missing + extra


def _names(settings: WorkerSettings) -> dict[str, set[str]]:
    engine = create_engine(settings.url, poolclass=NullPool)
    try:
        found = inspect(engine).get_multi_columns()
    except DBAPIError as error:
        raise WorkerError(
            "database", f"{settings.place} cannot be read: {error.orig}", hint="nox -s db_status"
        ) from error
    return {
        table: {column["name"] for column in columns}
        for (_, table), columns in found.items()
        if table != _VERSION_TABLE
    }
