"""What a database holds after a task, for the task's last words."""

from collections.abc import Mapping
from dataclasses import dataclass

from dbtasks.databases.protocol import Reading


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
