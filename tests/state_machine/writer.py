"""A program that writes while tasks work: two rows in one transaction, and a note once the engine acknowledged it.

    python writer.py URL FIRST-NUMBER FILE

Standard library and psycopg2 only. A table that is missing, a lock, or an ended session is tried again.
"""

import sqlite3
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

BASE = 100_000  # the writer's ids are above everybody else's
PAUSE = 0.002


def write_sqlite(file: str, number: int) -> None:
    """Commit one transaction, on the file that has the name now."""
    if not Path(file).exists():
        raise sqlite3.OperationalError("no file")  # connecting would make one
    with closing(sqlite3.connect(f"file:{file}?mode=rw", uri=True, timeout=5)) as connection:
        for half, title in enumerate("ab"):
            connection.execute(
                "INSERT INTO book (id, title) VALUES (?, ?)", (BASE + 2 * number + half, f"w{number}{title}")
            )
        connection.commit()


class Postgres:
    """A connection that is made again where it was ended."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None

    def write(self, number: int) -> None:
        """Commit one transaction."""
        import psycopg2

        if self._connection is None:
            self._connection = psycopg2.connect(self._url, connect_timeout=5)
        try:
            with self._connection.cursor() as cursor:
                for half, title in enumerate("ab"):
                    cursor.execute(
                        "INSERT INTO book (id, title) VALUES (%s, %s)",
                        (BASE + 2 * number + half, f"w{number}{title}"),
                    )
            self._connection.commit()
        except psycopg2.Error:
            self._connection.close()
            self._connection = None
            raise


def main(url: str, first: int, notes: Path) -> None:
    """Write until killed."""
    failures: tuple[type[Exception], ...] = (sqlite3.Error,)
    write: Any = partial(write_sqlite, url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite"):
        import psycopg2

        failures, write = (psycopg2.Error,), Postgres(url).write
    number = first
    with notes.open("a", buffering=1) as file_of_notes:
        while True:
            try:
                write(number)
            except failures:
                pass  # the table is away, or the session was ended: what was not acknowledged does not count
            else:
                file_of_notes.write(f"{number}\n")
            number += 1
            time.sleep(PAUSE)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
