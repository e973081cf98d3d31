"""A file that is built beside a SQLite database."""

from pathlib import Path

from dbtasks.databases.protocol import Reading
from dbtasks.databases.sqlite.connection import open_connection
from dbtasks.databases.sqlite.live_copy import copy_live
from dbtasks.databases.sqlite.readable_database import SqliteReading


class SqliteDraft(SqliteReading):
    """A file that nobody else knows yet."""

    def create(self) -> None:
        """Create it empty."""
        with open_connection(self._path, create=True) as connection:
            connection.execute("PRAGMA user_version = 0")  # writes the header, so that it is a database

    def clone(self, source: Reading) -> None:
        """Create it as a copy of one moment of a database."""
        SqliteReading(source.url).copy_to(self._path)

    def load(self, file: Path) -> None:
        """Create it as a copy of a file that `dump` wrote, or of any SQLite database."""
        copy_live(file, self._path, read_only=True)
