"""Does a database look like a revision? Held against a scratch database that stands there."""

from dbtasks.workflows.change import Site
from dbtasks.workflows.scratch import stand_at


def differences(site: Site, target: str) -> list[str]:
    """The tables and columns that a database should not have, or lacks.

    Args:
        site: open for a task.
        target: the revision, `base`, or several with commas between.

    Raises:
        MigrationError: the history does not go up to there.
    """
    from dbtasks.project import session

    with site.draft() as scratch:
        stand_at(site.quietly(), scratch, target)
        return session.differences(site.settings, site.settings.on_draft(scratch.url))


def shortened(found: list[str], most: int = 8) -> list[str]:
    """As many of them as fit into a message."""
    return [*found[:most], *([f"and {len(found) - most} more"] if len(found) > most else [])]
