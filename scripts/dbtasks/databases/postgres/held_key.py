"""A key that proves where a connection leads: who sees it held is on the same server, whatever the addresses say."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from dbtasks.urls import DatabaseUrl

_BITS = 63  # an advisory lock's key is a signed 64-bit number


@contextmanager
def held_key(url: DatabaseUrl) -> Iterator[int]:
    """Hold an advisory lock under a random key in a PostgreSQL database.

    Args:
        url: makes the connection.

    Raises:
        DatabaseError: the database cannot be reached.
    """
    from dbtasks.databases.postgres.connection import connected

    key = secrets.randbits(_BITS)
    with connected(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%(key)s)", {"key": key})
        yield key
