"""What a task has done and what its database holds then, for the task's last words."""

from collections.abc import Mapping
from dataclasses import dataclass

from dbtasks.databases.protocol import Kept, Reading


@dataclass(frozen=True)
class Summary:
    """Where a database stands, and the number of rows of each table."""

    place: str
    version: str
    revisions: tuple[str, ...]
    rows: Mapping[str, int]


def summary_of(database: Reading) -> Summary:
    """Ask a database, which exists."""
    return Summary(database.place, database.version(), database.current(), database.rows())


@dataclass(frozen=True)
class Migrated:
    """What a task that ran revisions did: how many it took back and applied, and where the database stands now."""

    place: str
    revisions: tuple[str, ...]
    down: int = 0
    up: int = 0
    kept: Kept | None = None
