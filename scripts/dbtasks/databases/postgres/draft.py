"""The Draft protocol for a database of a PostgreSQL server."""

from collections.abc import Sequence
from pathlib import Path

from dbtasks.databases.postgres import creation
from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.postgres.readable_database import PostgresReading
from dbtasks.databases.protocol import Kept, Kind, Reading
from dbtasks.urls import DatabaseUrl


class PostgresDraft(PostgresReading):
    """A relative that is being built; `of` is the name of the database that it belongs to."""

    def __init__(self, url: DatabaseUrl, *, of: str, server: Server) -> None:
        super().__init__(url, server=server)
        self._of = of

    def kept(self, kind: Kind | None = None) -> Sequence[Kept]:
        """The kept relatives of the database that it belongs to, as a SQLite draft finds them in its folder."""
        return PostgresReading(self.url.with_name(self._of), server=self.server).kept(kind)

    def create(self) -> None:
        """Create it empty, with the settings, locale and tablespace of the database that it belongs to."""
        creation.create_draft(self.server, self.url.name, self._of)

    def clone(self, source: Reading) -> None:
        """Let the server copy a database, under the settings of the one that this draft belongs to."""
        creation.clone(self.server, source.url.name, self.url.name, self._of)

    def load(self, file: Path) -> None:
        """Create it, and fill it from a file of pg_dump."""
        from dbtasks.databases.postgres import programs

        self.create()
        programs.load(self.url, file, self._major())
