"""Which revision the database stands on."""

import argparse

from dbtasks import console, reporting
from dbtasks.config import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--exit-code", action="store_true", help="exit with 4 when the database is not at head")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Read alembic_version and hold it against the history."""
    from dbtasks import revisions

    database = reporting.opened(settings)
    current = database.current() if database.exists() else ()
    heads = revisions.heads(settings)
    at_head = set(current) == set(heads)
    if options.json:
        console.data({"current": current, "heads": heads, "at_head": at_head})
    else:
        console.say(f"{reporting.standing(current)}{' (head)' if at_head else ''}")
    return 4 if options.exit_code and not at_head else 0
