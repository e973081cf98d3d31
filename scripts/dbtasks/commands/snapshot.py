"""Save the database under a name."""

import argparse
import shlex
from datetime import UTC, datetime

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.snapshots import save


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="free text (today's date and time)")
    parser.add_argument("--replace", action="store_true", help="replace a snapshot of that name")
    add_options(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Keep a copy."""
    name = options.name if options.name is not None else f"{datetime.now(UTC).astimezone():%Y-%m-%d %H:%M:%S}"
    with task(settings, "db_snapshot", options) as this:
        kept = save(this, name, overwrite=options.replace)
    console.say(f"Saved {name!r}: {terminal.size(kept.size)}, at {terminal.standing(kept.about.revisions)}", "green")
    terminal.show_next((f"nox -s db_restore -- {shlex.quote(name)}   brings it back",))
    return 0
