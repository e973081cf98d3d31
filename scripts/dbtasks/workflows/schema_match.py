"""Does a database look like a revision? Held against a scratch database that stands there."""

from collections.abc import Sequence

from dbtasks.config import Settings
from dbtasks.errors import MigrationError, shorten
from dbtasks.revisions.divergence import Standing
from dbtasks.workflows.change import Site
from dbtasks.workflows.scratch import stand_at

MOST = 8  # differences in a message


def differences(site: Site, target: str, settings: Settings) -> Sequence[str]:
    """The tables and columns that the settings' database should not have at a revision, or lacks.

    Raises:
        MigrationError: the history does not go up to there.
    """
    from dbtasks.project import session

    with site.draft() as scratch:
        stand_at(site.quietly(), scratch, target)
        return session.differences(settings, site.settings.on_draft(scratch.url))


def require_parent_of_today(site: Site, standing: Standing, settings: Settings) -> None:
    """A state from before a rebase looks like head and is not; where its texts are not known, what it holds tells.

    Raises:
        MigrationError: this may be such a state.
    """
    if not standing.twice or not standing.fits:
        return
    found = differences(site, ",".join(standing.current), settings)
    if found:
        raise MigrationError(
            f"Revision {', '.join(standing.twice)} was rebased, and nobody knows whether this state is from before. "
            f"Differences to what the history here makes: {len(found)}.",
            checked=shorten(found, MOST),
            hint="nox -s db_reset   builds a new one (nox -s db_undo takes that back)",
        )
