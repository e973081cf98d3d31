"""Say which revision the database stands on, without running anything; a copy is kept for undo."""

import argparse

from dbtasks import console, guard, reporting, undo
from dbtasks.config import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("revision", metavar="REV", help="head, base or a revision of this history")
    parser.add_argument("--yes", metavar="NAME", default="", help="the name of a protected database, typed in full")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Write alembic_version, and nothing else."""
    from dbtasks import revisions

    target = revisions.resolve(settings, options.revision)
    database = reporting.opened(settings)
    with database.lock("stamp", settings.project.lock_wait):
        guard.permit(database, "stamp", options.yes)
        database.tidy()
        before = database.current()
        kept = undo.keep_copy(database, "stamp")
        revisions.stamp(settings, target)
        undo.trim(database, settings)
    console.say(f"Stamped: {reporting.standing(before)} -> {reporting.standing(database.current())}", "green")
    reporting.kept(kept)
    return 0
