"""Notice what others commit to a SQLite file while a task works on a copy of it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dbtasks.databases.protocol import Kept
from dbtasks.databases.sqlite.connection import connect


@contextmanager
def watch(path: Path) -> Iterator["SqliteWatch"]:
    """Watch a file; nothing is noticed of one that cannot be read."""
    try:
        connection = connect(path, "rw")
    except sqlite3.Error:
        yield SqliteWatch(None)
        return
    with closing(connection):
        yield SqliteWatch(connection)


class SqliteWatch:
    """A connection that SQLite tells of the commits of all others.

    `PRAGMA data_version` changes with each of them, in every journal mode. So that nothing slips in at the end, the
    same connection holds the file still for a swap, and is asked when nobody else can write any more.

    Args:
        connection: open until the end; None for a file that cannot be read, of which nothing is noticed.
    """

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        self.connection = connection
        self._start = 0
        self._start = self._version()
        self._at_swap: bool | None = None

    def begin(self) -> None:
        """The copy was made: a commit since the connection was opened may be in it, or not, and counts."""

    def look(self) -> None:
        """Nobody else can write now, and the file is about to go."""
        self._at_swap = self._version() != self._start

    def has_seen_writes(self, _kept: Kept | None = None) -> bool:
        """Has anybody else committed to it?"""
        return self._version() != self._start if self._at_swap is None else self._at_swap

    def _version(self) -> int:
        if self.connection is None:
            return 0
        try:
            found: int = self.connection.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error:  # damaged, or locked by somebody: nothing is known of it
            return self._start
        return found
