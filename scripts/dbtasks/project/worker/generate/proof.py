"""Show that a new revision works before anybody relies on it: format it, run it up and down, print its SQL."""

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

from dbtasks import process
from dbtasks.config import Settings
from dbtasks.errors import MigrationError, ProcessError
from dbtasks.project.worker.compare.differences import difference
from dbtasks.project.worker.history import read
from dbtasks.project.worker.run.steps import downgrade, sql, upgrade
from dbtasks.urls import parse_url


@dataclass(frozen=True)
class Review:
    """What a new revision would run on PostgreSQL; empty where that needs a database to be known."""

    up: str
    down: str


def tidy(file: Path) -> bool:
    """Format a revision with ruff, as the project has configured it.

    Returns:
        False where ruff is not installed, or would not have the file.
    """
    if importlib.util.find_spec("ruff") is None:
        return False
    try:
        process.run([sys.executable, "-m", "ruff", "format", "--quiet", str(file)], folder=file.parent)
    except ProcessError:
        return False
    return True


def prove(settings: Settings, file: Path) -> list[str]:
    """Run a new revision up, down and up again, then compare with the models.

    Args:
        settings: naming the scratch database at the former head.
        file: the revision.

    Returns:
        What the models still have that the database lacks; nothing when the revision says it all.

    Raises:
        MigrationError: it does not run; the file stays, to be mended.
    """
    parent = ",".join(_parents(settings, file)) or "base"
    upgrade(settings, "head", lambda _: None)
    downgrade(settings, parent, lambda _: None)
    upgrade(settings, "head", lambda _: None)
    return difference(settings).told()


def require_loadable(settings: Settings, file: Path) -> None:
    """Remove a new revision that cannot even be loaded: with it there, nothing else could be run.

    Raises:
        MigrationError: why it cannot be loaded.
    """
    try:
        read(settings)
    except MigrationError:
        file.unlink(missing_ok=True)
        raise


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


def _parents(settings: Settings, file: Path) -> tuple[str, ...]:
    return next(found.parents for found in read(settings) if found.file == file)
