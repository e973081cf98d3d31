"""What a database can be asked and told, whichever engine it is on.

A task works on *relatives* of its database: databases beside it, found by a label of ours. A relative is a draft, which
is garbage when its maker is gone, or kept. A type says what a module may do: `Reading` looks, `Beside` makes and drops
relatives, `Changing` alters the database itself. Only `workflows/change` obtains the last two.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from dbtasks.urls import DatabaseUrl, Engine

Kind = Literal["undo", "snapshot", "template", "branch"]
Environment = Literal["development", "test", "production"]
Belongings = Literal["name", "state"]


@dataclass(frozen=True)
class Label:
    """What a database says of itself; it holds only for the very database that it was set on."""

    environment: Environment
    project: str


@dataclass(frozen=True)
class About:
    """What a kept relative says of itself.

    Args:
        kind: why.
        title: the snapshot's name, the template's key, the branch, or the task that made the undo.
        made: when, in UTC; for people only, order is by number.
        revisions: where its alembic_version stood.
        facts: whatever else its keeper wants to find again.
        number: its place in the order in which states were kept, from 1; 0 where that says nothing.
    """

    kind: Kind
    title: str
    made: datetime
    revisions: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True)
class Kept:
    """A kept relative: where it is, what it says of itself, and how many bytes it takes."""

    url: DatabaseUrl
    about: About
    size: int


@dataclass(frozen=True)
class Session:
    """A session of somebody else on a database, which a copy or a swap would end."""

    process: int  # its number on the server
    who: str  # user, program and address, as far as they are known
    in_transaction: bool


@dataclass(frozen=True)
class Aim:
    """What a connection has to see to be in the database that was aimed at."""

    key: int = 0  # of an advisory lock that is held in that very database (PostgreSQL), a random number
    device: int = 0  # of the file (SQLite), and its inode
    inode: int = 0


class Watch(Protocol):
    """What others commit to a database while a task works on a copy of it."""

    def begin(self) -> None:
        """From here on every commit counts; where a copy is watched over, it was made."""

    def has_seen_writes(self, kept: Kept | None = None) -> bool:
        """Has anybody else committed? After a swap it is told what the database was kept as."""


class Reading(Protocol):
    """A database to look at, whether it exists yet or not.

    Every method raises `DatabaseError` for what can be foreseen: no server, wrong password, no permission, a full disk.
    """

    url: DatabaseUrl

    @property
    def engine(self) -> Engine:
        """Which engine this is."""

    @property
    def place(self) -> str:
        """Where it is, in words that may be shown."""

    def owner(self) -> str:
        """The name of the database whose draft or kept state this is; empty where it is a database of its own."""

    def exists(self) -> bool:
        """Is there such a database?"""

    def identity(self) -> str:
        """What no other database has: system identifier and oid, or device and inode."""

    def aim(self) -> AbstractContextManager[Aim]:
        """Let a connection be recognised as one to this very database, while the context lasts."""

    def watch(self) -> AbstractContextManager[Watch]:
        """Notice what others commit to it meanwhile, as far as that can be seen at no cost."""

    def label(self) -> Label | None:
        """The one set on this very database, which a copy lacks; on SQLite production also stays with the path."""

    def branch(self) -> str:
        """The git branch whose state this is; empty where that was never noted."""

    def current(self) -> tuple[str, ...]:
        """The revisions in alembic_version, sorted; none in a database that was never migrated."""

    def rows(self) -> dict[str, int]:
        """The exact number of rows of each table of the project, by table name."""

    def values(self) -> dict[str, dict[str, int]]:
        """The exact number of values, NULL not counted, in each column that is not computed, by table and column."""

    def is_empty(self) -> bool:
        """Is there nothing of what the engine can store, an alembic_version without rows apart?"""

    def content(self) -> str:
        """A hash of all that is stored in it, in whatever order: equal for a copy, different after any change."""

    def side_effects(self, *, rows: bool) -> Sequence[str]:
        """What of its own code may run when definitions, or rows too, are added; in words."""

    def sessions(self) -> Sequence[Session]:
        """Who else is connected; empty on SQLite, whose users nobody has to end."""

    def size(self) -> int:
        """Bytes on the disk."""

    def free_space(self) -> int | None:
        """Bytes free where its relatives are; None where the server does not tell."""

    def version(self) -> str:
        """The engine's version, as in "SQLite 3.40.1"."""

    def template_conditions(self) -> str:
        """What decides the outcome of a build besides the project: version, locale, settings, extensions on offer."""

    def kept(self, kind: Kind | None = None) -> Sequence[Kept]:
        """The kept relatives of this database, the one kept last first; never anyone else's."""

    def damaged(self) -> Sequence[str]:
        """In words, the kept relatives that `kept` cannot list: what they say of themselves cannot be read."""

    def shell(self) -> Sequence[str]:
        """The command line of an interactive client that can be started here, secrets not in it."""

    def client_environment(self) -> Mapping[str, str]:
        """What that client finds in its environment, the password included."""

    def dump(self, file: Path) -> None:
        """Write everything but the label to a file (pg_dump's custom format, or a SQLite file)."""


class Draft(Reading, Protocol):
    """A relative that is being built: nobody else knows it, and it is dropped unless it is swapped in or kept."""

    def create(self) -> None:
        """Create it empty, with the settings, locale and tablespace of the database that it belongs to."""

    def clone(self, source: Reading) -> None:
        """Create it as a copy of one moment of a database of the same server, whoever writes to that meanwhile."""

    def load(self, file: Path) -> None:
        """Create it and fill it from a file that `dump` wrote."""


class Beside(Reading, Protocol):
    """A database whose relatives may be made and removed."""

    def lock(self, task: str, wait: float) -> AbstractContextManager[None]:
        """Be the only task that changes this database or its relatives; what a killed task left running is ended.

        Args:
            task: what is being done, told to whoever waits.
            wait: for another holder, in seconds; then a BusyError names it.
        """

    def draft(self) -> AbstractContextManager[Draft]:
        """A relative to build on, not created yet; dropped at the end unless it was swapped in or kept."""

    def copy(self, about: About) -> Kept:
        """Keep a copy of this database, with all that belongs to its name: label, branch, comment, settings, owner."""

    def keep(self, draft: Draft, about: About) -> Kept:
        """Turn a finished draft into a kept relative."""

    def describe(self, kept: Kept, about: About) -> None:
        """Change what a kept relative says of itself."""

    def remove(self, kept: Kept) -> None:
        """Drop a kept relative for good."""

    def tidy(self, skipped: Callable[[str], None] = lambda _: None) -> int:
        """Drop what killed tasks left behind, under the lock, and say how much; what cannot be dropped is named."""


class Changing(Beside, Protocol):
    """A database that may be replaced, renamed and labelled: for `workflows/change.py` alone."""

    def create(self, label: Label) -> None:
        """Create it empty and labelled, in one step; it must not exist."""

    def set_label(self, label: Label) -> None:
        """Write the label into the existing database."""

    def set_branch(self, branch: str) -> None:
        """Note the git branch whose state this is."""

    def swap(
        self, new: Reading, keep: About | None, *,
        label: Label | None, belongings: Belongings = "name", branch: str = "",
    ) -> Kept | None:  # fmt: skip
        """Let a finished relative take this database's name in one step.

        Sessions on either are ended. Killed at any instant, the old or the new is there, whole, with label and branch.

        Args:
            new: a relative (draft or kept) that becomes this database.
            keep: what the old one says of itself from now on; None drops it.
            label: where the database had none and the new one brings none; None leaves it without.
            belongings: whose label, comment, privileges, settings and owner count: the name's, or the state's.
            branch: the git branch whose state this is from now on; empty: as it was.

        Returns the old database, None if there was none or it was not to be kept.
        """

    def put_away(self, keep: About) -> Kept:
        """Keep the database as a relative, so that there is none under its own name."""
