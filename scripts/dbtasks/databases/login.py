"""Is a PostgreSQL server ready to let us in? Asked again and again while one starts.

What the password is worth shows only in a real login; a port that accepts, or `pg_isready`, says
nothing about it, and Docker's proxy accepts before there is any server.
"""

from contextlib import closing
from typing import Any, Literal

import psycopg2

from dbtasks.urls import DatabaseUrl

Answer = Literal["in", "not yet", "refused"]

_SECONDS = 5
_STARTING = {"57P03", "57P01", "57P02"}  # cannot connect now, going down, crashed


def login(url: DatabaseUrl) -> Answer:
    """Try the final credentials once.

    Returns:
        "in" after a real query; "refused" when a server is up and will not have us: no such role or
        database, or another password; "not yet" when nothing of the sort is known.
    """
    try:
        arguments: dict[str, Any] = {**url.connect_arguments(), "connect_timeout": _SECONDS}
        with closing(psycopg2.connect(**arguments)) as connection:
            connection.cursor().execute("SELECT 1")
    except psycopg2.OperationalError:
        from dbtasks.databases.postgres import login_probe

        asked = login_probe.ask_reason(url)
        return "not yet" if asked == login_probe.NOBODY or asked in _STARTING else "refused"
    return "in"
