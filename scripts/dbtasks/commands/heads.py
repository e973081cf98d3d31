"""The heads of the history; more than one want a merge."""

import argparse

from dbtasks import console, reporting
from dbtasks.config import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("--json", action="store_true", help="for programs")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """List them."""
    from dbtasks import revisions

    found = [revision for revision in revisions.history(settings) if revision.is_head]
    if options.json:
        console.data([{"id": head.id, "message": head.message, "file": str(head.file)} for head in found])
        return 0
    for head in found:
        console.say(f"{head.id}  {head.message}")
    if len(found) > 1:
        reporting.show_next(('nox -s merge -- "what the two have in common"',))
    return 0
