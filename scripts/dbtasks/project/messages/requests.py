"""What the worker can be asked; each request names the type of its answer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from .values import (
    AimedDatabase,
    Differences,
    InvalidIndex,
    Review,
    Revision,
    RevisionRequest,
    Run,
    TakeBack,
    WorkerSettings,
    WrittenRevision,
)

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Request(Generic[Answer]):
    """Something to be done with the project's code.

    Args:
        settings: of the project, aimed at a database.
        aimed: the only database that the project's code may connect to; None where the request runs none of it
            but the files of the history.
    """

    settings: WorkerSettings
    aimed: AimedDatabase | None


@dataclass(frozen=True)
class ReadHistory(Request[tuple[Revision, ...]]):
    """The revisions of the checkout, children before parents."""


@dataclass(frozen=True)
class FindScriptFolder(Request[Path]):
    """The folder of env.py."""


@dataclass(frozen=True)
class FindVersionFolders(Request[tuple[Path, ...]]):
    """Where the files of the history are."""


@dataclass(frozen=True)
class Resolve(Request[str]):
    """The full ids of a revision named by its beginning, by `head`, or by `base`, with commas between."""

    target: str


@dataclass(frozen=True)
class Upgrade(Request[Run]):
    """Run what is missing up to a revision, `head` or `heads`; where it may only add, anything else stops it."""

    target: str
    only_additions: bool


@dataclass(frozen=True)
class Downgrade(Request[Run]):
    """Take back what is above a revision."""

    target: str


@dataclass(frozen=True)
class TakeBackForeign(Request[Run]):
    """Take back what the checkout lacks, with its archived texts."""

    wanted: TakeBack


@dataclass(frozen=True)
class WriteSql(Request[str]):
    """The SQL of an upgrade or downgrade, without a database; a range `FROM:TO` to go down."""

    target: str
    up: bool


@dataclass(frozen=True)
class Stamp(Request[str]):
    """Write a revision into alembic_version, running nothing; the answer is what it resolves to."""

    target: str


@dataclass(frozen=True)
class Compare(Request[Differences]):
    """Hold the models against a database that stands at head."""


@dataclass(frozen=True)
class CompareNames(Request[tuple[str, ...]]):
    """What a database has and another has not, in words."""

    expected: WorkerSettings


@dataclass(frozen=True)
class WriteRevision(Request[WrittenRevision]):
    """Write a revision that works, or nothing."""

    wanted: RevisionRequest


@dataclass(frozen=True)
class ReviewRevision(Request[Review]):
    """The SQL of a new revision, without a database."""

    file: Path


@dataclass(frozen=True)
class FindInvalidIndexes(Request[tuple[InvalidIndex, ...]]):
    """The indexes that a failed build left behind."""


@dataclass(frozen=True)
class DropInvalidIndexes(Request[tuple[InvalidIndex, ...]]):
    """Drop the unfinished indexes that the revisions in these files are going to build."""

    sources: tuple[Path, ...]
