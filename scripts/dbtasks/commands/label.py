"""Show or set the label that decides whether tasks may change the database freely."""

import argparse

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import Reading
from dbtasks.local_state import production_label
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.change import label_database, open_site


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("label", nargs="?", choices=guard.ENVIRONMENTS, help="set it; without one, show it")
    parser.add_argument("--json", action="store_true", help="for programs")
    add_options(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Change the label and nothing else, or nothing at all; then show what the guard makes of it."""
    if options.label:
        with task(settings, "db_label", options) as this, open_site(this, ask=False) as site:
            label_database(site, options.label)
    _show(settings, open_database(settings.url), as_json=options.json)
    return 0


def _show(settings: Settings, database: Reading, *, as_json: bool) -> None:
    label = production_label.read_label(settings, database) if database.exists() else None
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
