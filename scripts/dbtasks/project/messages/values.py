"""What is asked of the worker and what it answers: frozen values of the standard library alone."""

from dataclasses import dataclass, field, replace
from pathlib import Path


@dataclass(frozen=True)
class WorkerSettings:
    """What the worker has to know of the project and of the database that it is aimed at.

    Args:
        root: the project's folder.
        alembic_ini: its configuration of Alembic.
        url: of the database, with its driver and password.
        url_variable: where the project expects that.
        place: the database in words that may be shown.
        engine: sqlite or postgres.
        lock_timeout: seconds that a statement on PostgreSQL may wait for a lock; 0 is for ever.
        lock_retries: how often to try again after that.
        is_draft: what fails on it leaves the project's own database as it was.
        variables: the environment of the project's code.
    """

    root: Path
    alembic_ini: Path
    url: str = field(repr=False)
    url_variable: str
    place: str
    engine: str
    lock_timeout: float
    lock_retries: int
    is_draft: bool
    variables: dict[str, str] = field(repr=False)

    def on_no_server(self) -> "WorkerSettings":
        """The same for SQL of PostgreSQL that is written and not run."""
        url = "postgresql+psycopg2:///preview"
        variables = {**self.variables, self.url_variable: url}
        return replace(self, url=url, place="PostgreSQL", engine="postgres", variables=variables)


@dataclass(frozen=True)
class AimedDatabase:
    """The only database that the project's code may connect to while a request is carried out.

    Args:
        engine: sqlite or postgres.
        place: where it is, in words that may be shown.
        key: of an advisory lock that is held in that very database (PostgreSQL).
        device: of the file (SQLite).
        inode: of the file (SQLite).
    """

    engine: str
    place: str
    key: int = 0
    device: int = 0
    inode: int = 0


NO_DATABASE = AimedDatabase("none", "no database at all: only SQL is written")


@dataclass(frozen=True)
class Revision:
    """One revision of the history.

    Args:
        id: its id.
        parents: the revisions it is built on, those that it only depends on included.
        message: the first line of its docstring.
        file: its source.
        is_head: whether no other revision is built on it.
    """

    id: str
    parents: tuple[str, ...]
    message: str
    file: Path
    is_head: bool


@dataclass(frozen=True)
class AppliedRevision:
    """A revision as a database has it, which is not always as the checkout has it."""

    revision: str
    parents: tuple[str, ...]
    file: Path
    message: str


@dataclass(frozen=True)
class TakeBack:
    """Revisions, children before parents, that are to be taken back with their own texts down to a target."""

    past: tuple[AppliedRevision, ...]
    revisions: tuple[str, ...]
    target: str


@dataclass(frozen=True)
class Step:
    """One revision being applied or taken back.

    Args:
        revision: its id.
        message: the first line of its docstring.
        up: applied, and not taken back.
        file: its source.
        number: which step of the run this is, from 1.
        total: how many steps the run has.
    """

    revision: str
    message: str
    up: bool
    file: Path
    number: int = 1
    total: int = 1


@dataclass(frozen=True)
class Run:
    """What running a part of the history did.

    Args:
        steps: that were done, in their order.
        heads: where the database stands now, as Alembic has written it.
    """

    steps: tuple[Step, ...]
    heads: tuple[str, ...]


@dataclass(frozen=True)
class Differences:
    """What the models have that a database lacks, and the other way round."""

    changes: tuple[str, ...]
    tables: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.changes)


@dataclass(frozen=True)
class Rename:
    """A column, or a whole table, under a new name.

    Args:
        table: the table; under its old name where the table itself is renamed.
        column: the column's old name; empty for a table.
        new: the new name.
        schema: where the table is.
    """

    table: str
    column: str
    new: str
    schema: str | None = None

    def __str__(self) -> str:
        return f"{self.table}.{self.column}:{self.new}" if self.column else f"{self.table}:{self.new}"

    @property
    def back(self) -> "Rename":
        """The way back."""
        if self.column:
            return Rename(self.table, self.new, self.column, self.schema)
        return Rename(self.new, "", self.table, self.schema)


@dataclass(frozen=True)
class RevisionRequest:
    """A revision that is to be written.

    Args:
        message: what it does; becomes its file's name.
        kind: schema compares the models with a scratch database at head, and proves the revision there; data and
            empty are filled in by hand; merge joins all heads.
        renames: what is renamed, and not dropped and added.
        not_renamed: what looks like a rename and is none.
        no_renames: nothing else is a rename.
    """

    message: str
    kind: str = "schema"
    renames: tuple[Rename, ...] = ()
    not_renamed: tuple[Rename, ...] = ()
    no_renames: bool = False


@dataclass(frozen=True)
class WrittenRevision:
    """What came of it."""

    file: Path | None = None
    undecided: tuple[Rename, ...] = ()
    tables: frozenset[str] = frozenset()
    remaining: tuple[str, ...] = ()


@dataclass(frozen=True)
class Review:
    """What a new revision would run on PostgreSQL; empty where that needs a database to be known."""

    up: str
    down: str


@dataclass(frozen=True)
class InvalidIndex:
    """An index that was never finished; `quoted` is schema and name, as SQL has them."""

    name: str
    table: str
    quoted: str

    def sentence(self) -> str:
        """What it is and what mends it by hand."""
        return f"INVALID index {self.name} on {self.table}; by hand: DROP INDEX CONCURRENTLY {self.quoted}"
