"""What callers that have not moved to `protocol` yet ask of a database; it goes with the last of them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from dbtasks.databases.protocol import About, Kept, Kind, Label
from dbtasks.urls import DatabaseUrl, Engine


class Database(Protocol):
    """One database on one engine, whether it exists yet or not.

    Every method raises `DatabaseError` for what can be foreseen: no server, wrong password, a file that
    is no database, no permission, a full disk.
    """

    url: DatabaseUrl

    @property
    def engine(self) -> Engine:
        """Which engine this is."""

    @property
    def place(self) -> str:
        """Where it is, in words that may be shown."""

    def exists(self) -> bool:
        """Is there such a database?"""

    def create(self, label: Label) -> None:
        """Create it empty and labelled, in one step; it must not exist."""

    def label(self) -> Label | None:
        """Its label, None where nobody has set one."""

    def set_label(self, label: Label) -> None:
        """Write the label into the existing database."""

    def current(self) -> tuple[str, ...]:
        """The revisions in alembic_version, sorted; none in a database that was never migrated."""

    def rows(self) -> dict[str, int]:
        """The exact number of rows of each table of the project, by table name."""

    def size(self) -> int:
        """Bytes on the disk."""

    def free_space(self) -> int | None:
        """Bytes free where its relatives are; None where the server does not tell."""

    def version(self) -> str:
        """The engine's version, as in "SQLite 3.40.1"."""

    def lock(self, task: str, wait: float) -> AbstractContextManager[None]:
        """Be the only task that changes this database or its relatives.

        Args:
            task: what is being done, told to whoever waits.
            wait: seconds to wait for another holder.

        Raises:
            BusyError: the wait is over; the message names the holder.
        """

    def draft(self) -> AbstractContextManager["Database"]:
        """A relative to build on, not created yet; dropped at the end unless it was swapped in or kept."""

    def clone_to(self, target: "Database") -> None:
        """Copy everything to a relative that does not exist yet, with nobody writing meanwhile."""

    def swap(self, new: "Database", keep: About | None) -> Kept | None:
        """Let a finished relative take this database's name in one step.

        Sessions on either are ended. Killed at any instant, the old or the new is there, whole.

        Args:
            new: a relative (draft or kept) that becomes this database.
            keep: what the old one says of itself from now on; None drops it.

        Returns:
            The old database, None if there was none or it was not to be kept.
        """

    def put_away(self, keep: About) -> Kept:
        """Keep the database as a relative, so that there is none under its own name."""

    def keep(self, draft: "Database", about: About) -> Kept:
        """Turn a finished draft into a kept relative."""

    def describe(self, kept: Kept, about: About) -> None:
        """Change what a kept relative says of itself."""

    def kept(self, kind: Kind | None = None) -> Sequence[Kept]:
        """The kept relatives of this database, newest first; never anyone else's."""

    def remove(self, kept: Kept) -> None:
        """Drop a kept relative for good."""

    def tidy(self) -> int:
        """Drop what killed tasks left behind, under the lock; how many things that were."""

    def shell(self) -> Sequence[str]:
        """The command line of an interactive client that can be started here, secrets not in it."""

    def client_environment(self) -> Mapping[str, str]:
        """What that client finds in its environment, the password included."""

    def dump(self, file: Path) -> None:
        """Write everything but the label to a file (pg_dump's custom format, or a SQLite file)."""

    def load(self, file: Path) -> None:
        """Fill this empty database from such a file."""


def open_database(url: DatabaseUrl, *, when_waiting: Callable[[str], None] = lambda _: None) -> Database:
    """The database that a URL names.

    Args:
        url: which one.
        when_waiting: told once, in words, when a lock has to be waited for.
    """
    if url.engine == "sqlite":
        from dbtasks.databases.sqlite import SqliteDatabase

        return SqliteDatabase(url, when_waiting)
    from dbtasks.databases.postgres import PostgresDatabase

    return PostgresDatabase(url, when_waiting)
