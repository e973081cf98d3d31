"""A file that is built beside a SQLite database."""

import sqlite3
from pathlib import Path

from dbtasks.databases.file_kinds import EXPORT, require_export
from dbtasks.databases.protocol import Reading
from dbtasks.databases.sqlite.connection import DAMAGED, explain_file_error, find_code, open_connection
from dbtasks.databases.sqlite.file_access import make_private
from dbtasks.databases.sqlite.live_copy import copy_live
from dbtasks.databases.sqlite.plain_files import drop, remove_database
from dbtasks.databases.sqlite.readable_database import SqliteReading
from dbtasks.errors import DamagedError, DatabaseError


class SqliteDraft(SqliteReading):
    """A file that nobody else knows yet."""

    def create(self) -> None:
        """Create it empty."""
        self._make_private()
        with open_connection(self._path, create=True) as connection:
            connection.execute("PRAGMA user_version = 0")  # writes the header, so that it is a database

    def clone(self, source: Reading) -> None:
        """Create it as a copy of one moment of a database."""
        self._make_private()
        original = SqliteReading(source.url)
        try:
            original.copy_to(self._path)
            if original.is_relative:  # a file that was copied as it is
                self._require_whole(original)
        except BaseException:
            drop(lambda: remove_database(self._path), self._path)
            raise

    def load(self, file: Path) -> None:
        """Create it as a copy of a file that `dump` wrote, or of any SQLite database."""
        require_export(file, "SQLite")
        self._make_private()
        try:
            copy_live(file, self._path, read_only=True)
            said = self._check()
        except DamagedError as error:
            said = str(error.__cause__)
        if said != "ok":
            raise DatabaseError(f"{file} is damaged; nothing was imported.", checked=[said], hint=EXPORT)

    def _require_whole(self, original: SqliteReading) -> None:
        said = self._check()
        if said != "ok":
            raise DamagedError(f"{original.place} is damaged: {said}.", hint="nox -s db_status")

    def _check(self) -> str:
        """What is wrong with its pages; "ok" where nothing is. It takes 1.3 ms for each megabyte (measured)."""
        with open_connection(self._path) as connection:
            try:
                (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            except sqlite3.DatabaseError as error:
                if find_code(error) not in DAMAGED:
                    raise
                return str(error)
        return str(said)

    def _make_private(self) -> None:
        """Make the file before anything is in it: what it is a copy of may be readable by its owner alone."""
        try:
            make_private(self._path)
        except OSError as error:
            raise explain_file_error(self._path, error) from error
