"""What a task that ran revisions has done."""

from dataclasses import dataclass

from dbtasks.databases.protocol import Kept


@dataclass(frozen=True)
class Migrated:
    """What a task that ran revisions did: how many it took back and applied, and where the database stands now."""

    place: str
    revisions: tuple[str, ...]
    down: int = 0
    up: int = 0
    kept: Kept | None = None
