"""Say which revision the database stands on, without running anything; a copy is kept for undo."""

import argparse

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.copies import undo
from dbtasks.databases import Database
from dbtasks.errors import MigrationError
from dbtasks.views import terminal
from dbtasks.workflows import schema_match


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("revision", metavar="REV", help="head, base or a revision of this history")
    parser.add_argument("--force", action="store_true", help="even if the schema does not look like that revision")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Write alembic_version, and nothing else."""
    from dbtasks.project import session

    target = session.resolve(settings, options.revision)
    database = terminal.opened(settings)
    with database.lock("stamp", settings.project.lock_wait):
        guard.permit(settings, database, "stamp", options.yes)
        database.tidy()
        before = database.current()
        if not options.force:
            _require_likeness(settings, database, target)
        kept = undo.keep_copy(database, "stamp")
        session.stamp(settings, target)
        known = {revision.id: revision for revision in session.history(settings)}
        session.archive_applied(settings, known, database.current(), again=True)
        undo.trim(database, settings)
    console.say(f"Stamped: {terminal.standing(before)} -> {terminal.standing(database.current())}", "green")
    terminal.kept(kept)
    return 0


def _require_likeness(settings: Settings, database: Database, target: str) -> None:
    """Hold the schema against that of a scratch database which went through the history.

    Raises:
        MigrationError: tables or columns differ.
    """
    found = schema_match.differences(settings, database, target)
    if found:
        raise MigrationError(
            f"The schema is not that of {target}: {len(found)} difference(s). Nothing was stamped.",
            checked=schema_match.shortened(found),
            hint=f"nox -s migrate   runs what is missing; if you know better: nox -s stamp -- {target} --force",
        )
