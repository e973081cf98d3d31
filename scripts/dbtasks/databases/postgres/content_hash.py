"""A hash of everything that is stored in a database: definitions, rows, sequences, large objects, settings."""

import hashlib
import json
from typing import Any

from psycopg2 import errors
from psycopg2.extensions import connection as Connection  # noqa: N812 (a class in all but its spelling)

from dbtasks.databases.postgres import definitions, stored_rows
from dbtasks.databases.postgres.catalogue import Entry
from dbtasks.databases.postgres.connection import open_connection
from dbtasks.databases.postgres.system_catalogs import PINNED
from dbtasks.urls import DatabaseUrl

_ATTEMPTS = 5  # somebody who creates and drops tables all the time


def hash_content(url: DatabaseUrl, entry: Entry) -> str:
    """A hash of what is stored in a database and of what belongs to its name, label and branch apart.

    Raises:
        DatabaseError: it cannot be read as a whole.
    """
    with open_connection(url) as connection:
        with connection.cursor() as cursor:
            cursor.execute(PINNED)
        found = [*_stored(connection), _belongings(entry)]
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()


def _stored(connection: Connection) -> list[Any]:
    """All of one snapshot; sequences have none, they are read as they are."""
    for attempt in range(_ATTEMPTS):
        relations = stored_rows.find_relations(connection)
        with connection.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                stored_rows.lock(connection, relations)
                relations = stored_rows.find_relations(connection)
                return [*definitions.hash_definitions(connection), *stored_rows.hash_rows(connection, relations)]
            except (errors.UndefinedTable, errors.InvalidSchemaName, errors.InternalError_):  # dropped meanwhile
                if attempt == _ATTEMPTS - 1:
                    raise
            finally:
                cursor.execute("ROLLBACK")
    raise AssertionError("the last attempt returns or raises")


def _belongings(entry: Entry) -> list[Any]:
    """What a kept relative says that it was, for it is open itself."""
    flags = entry.note.flags if entry.note.kind == "kept" else entry.flags
    everybody = [(None, "CONNECT", False), (None, "TEMPORARY", False)]
    own = [(entry.owner, kind, False) for kind in ("CONNECT", "CREATE", "TEMPORARY")]
    privileges = entry.privileges or [*everybody, *own]
    locale = [str(entry.columns.get(key)) for key in ("encoding", "datcollate", "datctype")]
    return [sorted(flags.items()), entry.owner, entry.note.comment, entry.settings, privileges, locale]
