"""The SQL of a new revision, to be looked at before anybody relies on it."""

from pathlib import Path

from ...messages.failures import WorkerError
from ...messages.values import Review, WorkerSettings
from ..history import read
from ..run.steps import sql


def review(settings: WorkerSettings, file: Path) -> Review:
    """The SQL of a revision for PostgreSQL, whatever engine is in use."""
    revision = next(found for found in read(settings) if found.file == file)
    below = revision.parents[0] if revision.parents else "base"
    aimed = settings.on_no_server()
    try:
        return Review(
            sql(aimed, f"{below}:{revision.id}").strip(),
            sql(aimed, f"{revision.id}:{below}", up=False).strip(),
        )
    except WorkerError:
        return Review("", "")
