"""Everything a newcomer needs: .env, a migrated and seeded database, and what to type next."""

import argparse

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.databases import Database
from dbtasks.views import terminal
from dbtasks.workflows import git_hook, reset, seed


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument(
        "--git-hook", action="store_true", help="let git say where the database stands after a checkout"
    )
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Make what is missing and leave what is there: safe for those who have been here for years."""
    if options.git_hook:
        console.note(f"Wrote {git_hook.install(settings.project)}")
    database = terminal.opened(settings)
    with database.lock("setup", settings.project.lock_wait):
        guard.permit(settings, database, "setup", options.yes)
        database.tidy()
        if database.exists() and database.rows():
            console.note(f"{database.place} is there: bringing it to head, keeping its rows")
            _bring_up(settings)
        else:
            _make(settings, database)
    terminal.summary(
        database,
        database.rows(),
        following=(
            "nox -s serve      the API on this database",
            "nox -s db_reset   start over at any time (nox -s db_undo takes it back)",
            "nox -l            the whole menu",
        ),
    )
    return 0


def _make(settings: Settings, database: Database) -> None:
    with database.draft() as draft:
        reset.build(settings, database, draft, seed=True, cache=True)
        database.swap(draft, keep=None)


def _bring_up(settings: Settings) -> None:
    from dbtasks.project import session

    session.require_one_head(session.heads(settings))
    session.upgrade(settings, "head", terminal.step)
    seed.seed(settings)
