"""Show or set the label that decides whether tasks may change the database freely."""

import argparse

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.databases import Database, Label
from dbtasks.errors import DatabaseError
from dbtasks.views import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("label", nargs="?", choices=guard.ENVIRONMENTS, help="set it; without one, show it")
    parser.add_argument("--json", action="store_true", help="for programs")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Change the label and nothing else, or nothing at all; then show what the guard makes of it."""
    database = terminal.opened(settings)
    if options.label:
        _set(settings, database, options)
    _show(settings, database, as_json=options.json)
    return 0


def _set(settings: Settings, database: Database, options: argparse.Namespace) -> None:
    with database.lock("db_label", settings.project.lock_wait):
        if not database.exists():
            raise DatabaseError(f"There is no database {database.place} to label.", hint="nox -s db_create")
        if options.label != "production" and guard.judge(settings, database).row == "a":
            guard.permit(settings, database, f"db_label {options.label}", options.yes)
        database.set_label(Label(options.label, settings.project.name))


def _show(settings: Settings, database: Database, *, as_json: bool) -> None:
    label = database.label() if database.exists() else None
    verdict = guard.judge(settings, database)
    if as_json:
        console.data(
            {
                "database": database.place,
                "label": label.environment if label else None,
                "row": verdict.row,
                "protected": verdict.protected,
                "reason": verdict.reason,
                "next": verdict.way_on,
            }
        )
        return
    console.say(f"Database  {database.place}", "bold")
    console.say(f"Label     {label.environment if label else 'none'}")
    freedom = "protected: only its name, typed in full, opens it" if verdict.protected else "free to be changed"
    console.say(f"Guard     {freedom}")
    console.say(f"          row {verdict.row}: {verdict.reason}", "dim")
    if verdict.row == "e":
        terminal.show_next(("nox -s db_label -- development   if what it holds may be lost",))
