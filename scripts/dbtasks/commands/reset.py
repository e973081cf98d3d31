"""Drop, create, upgrade to head and seed; the old database is kept for undo."""

import argparse

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.copies import undo
from dbtasks.views import terminal
from dbtasks.workflows import reset


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("--no-cache", action="store_true", help="replay the history")
    parser.add_argument("--no-seed", action="store_true", help="leave the tables as the migrations leave them")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Build the new database beside the old one and swap."""
    database = terminal.opened(settings)
    with database.lock("db_reset", settings.project.lock_wait):
        guard.permit(settings, database, "db_reset", options.yes)
        database.tidy()
        console.note(f"Building a new {database.place}")
        with database.draft() as draft:
            seed, cache = not options.no_seed, not options.no_cache
            built = reset.build(settings, database, draft, seed=seed, cache=cache)
            kept = database.swap(draft, undo.about(database, "db_reset"))
        undo.trim(database, settings)
    terminal.summary(
        database,
        built.rows,
        following=("nox -s serve      the API on this database", "nox -s db_status  all about it"),
        revisions=built.revisions,
    )
    terminal.kept(kept)
    return 0
