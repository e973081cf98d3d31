"""Change a database by hand: python -m tests.state_machine.by_hand URL STATEMENT, as scripts of failures do."""

import sqlite3
import sys
from contextlib import closing

import psycopg2


def execute(url: str, statement: str) -> None:
    """Run one statement and commit it.

    Args:
        url: sqlite:/// and a path, or any URL that libpq reads.
        statement: SQL.
    """
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as connection, connection:
            connection.execute(statement)
        return
    with closing(psycopg2.connect(url)) as session, session, session.cursor() as cursor:
        cursor.execute(statement)


if __name__ == "__main__":
    execute(sys.argv[1], sys.argv[2])
