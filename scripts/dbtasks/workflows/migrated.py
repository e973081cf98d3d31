"""What a task that ran revisions has done."""

from dataclasses import dataclass

from dbtasks.databases.protocol import Kept


@dataclass(frozen=True)
class Migrated:
    """What a migrate did.

    Args:
        place: the database.
        revisions: where it stands now.
        down: how many revisions were taken back.
        up: how many were applied.
        kept: the former state.
    """

    place: str
    revisions: tuple[str, ...]
    down: int = 0
    up: int = 0
    kept: Kept | None = None
