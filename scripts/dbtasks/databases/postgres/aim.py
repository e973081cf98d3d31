"""Prove that a connection is in the very database that was aimed at."""

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager

from dbtasks.databases.postgres.connection import SESSION, Server, connect
from dbtasks.databases.postgres.failures import explain_errors
from dbtasks.databases.protocol import Aim
from dbtasks.urls import DatabaseUrl

_BITS = 62


@contextmanager
def hold_key(server: Server, url: DatabaseUrl) -> Iterator[Aim]:
    """Hold an advisory lock with a random key in a database, on a connection of its own.

    A database that was copied with its server has the same identifier and oid; nobody else holds this lock.

    Raises:
        DatabaseError: the database cannot be connected to.
    """
    key = secrets.randbits(_BITS) + 1
    with closing(connect(url)) as connection:
        with explain_errors(url), connection.cursor() as cursor:
            cursor.execute(SESSION)
            cursor.execute("SELECT pg_advisory_lock(%(key)s)", {"key": key})
        pid = connection.info.backend_pid
        server.own.add(pid)
        try:
            yield Aim(key=key)
        finally:
            server.own.discard(pid)
