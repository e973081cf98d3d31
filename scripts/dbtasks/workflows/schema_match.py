"""Does a database look like a revision? Held against a scratch database that went through the history."""

from dbtasks import guard
from dbtasks.config import Settings
from dbtasks.databases import Database


def differences(settings: Settings, database: Database, target: str) -> list[str]:
    """The tables and columns that a database should not have, or lacks.

    Args:
        settings: naming it.
        database: whose relative the scratch database is; its lock is held.
        target: the revision, `base`, or several with commas between.

    Raises:
        MigrationError: the history does not go up to there.
    """
    from dbtasks.project import session

    with database.draft() as scratch:
        scratch.create(guard.label_for(settings))
        aimed = settings.on(scratch.url)
        if target != "base":
            session.upgrade(aimed, "heads" if "," in target else target, lambda _: None)
        return session.differences(settings, aimed)


def shortened(found: list[str], most: int = 8) -> list[str]:
    """As many of them as fit into a message."""
    return [*found[:most], *([f"and {len(found) - most} more"] if len(found) > most else [])]
