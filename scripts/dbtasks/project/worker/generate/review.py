"""The SQL of a new revision, to be looked at before anybody relies on it."""

from pathlib import Path

from dbtasks.config import Settings
from dbtasks.errors import MigrationError
from dbtasks.project.messages.values import Review
from dbtasks.project.worker.history import read
from dbtasks.project.worker.run.steps import sql
from dbtasks.urls import parse_url


def review(settings: Settings, file: Path) -> Review:
    """The SQL of a revision for PostgreSQL, whatever engine is in use."""
    revision = next(found for found in read(settings) if found.file == file)
    below = revision.parents[0] if revision.parents else "base"
    aimed = settings.on(parse_url("postgresql:///review", base=settings.project.root))
    try:
        return Review(
            sql(aimed, f"{below}:{revision.id}").strip(),
            sql(aimed, f"{revision.id}:{below}", up=False).strip(),
        )
    except MigrationError:
        return Review("", "")
