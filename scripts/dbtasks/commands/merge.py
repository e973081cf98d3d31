"""Write a revision that joins several heads."""

import argparse

from dbtasks import console, reporting
from dbtasks.config import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("message", nargs="?", default="", help="what the two have in common")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Merge, unless there is one head only."""
    from dbtasks import revisions

    found = [revision for revision in revisions.history(settings) if revision.is_head]
    if len(found) <= 1:
        console.say("Nothing to merge: the history has one head", "green")
        return 0
    message = options.message or "merge " + " and ".join(head.message or head.id for head in found)
    file = revisions.merge(settings, message)
    console.say(f"Wrote {file}", "green")
    reporting.show_next(("nox -s migrate",))
    return 0
