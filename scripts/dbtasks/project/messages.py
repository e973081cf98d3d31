"""What is asked of the worker and what it answers: frozen values of the standard library alone."""

from dataclasses import dataclass
from pathlib import Path


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
