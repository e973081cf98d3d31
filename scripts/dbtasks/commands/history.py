"""Every revision, newest first, with what the database has of it."""

import argparse

from dbtasks import console, reporting
from dbtasks.config import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("--json", action="store_true", help="for programs")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """List the history."""
    from dbtasks import revisions

    database = reporting.opened(settings)
    current = database.current() if database.exists() else ()
    known = {revision.id: revision for revision in revisions.history(settings)}
    applied = revisions.ancestors(known, current)
    if options.json:
        console.data(
            [
                {
                    "id": revision.id,
                    "parents": revision.parents,
                    "message": revision.message,
                    "applied": revision.id in applied,
                    "head": revision.is_head,
                }
                for revision in known.values()
            ]
        )
        return 0
    for revision in known.values():
        marks = [word for word, on in (("current", revision.id in current), ("head", revision.is_head)) if on]
        state = "applied" if revision.id in applied else "pending"
        console.say(
            f"{state}  {revision.id}  {revision.message}" + (f"  ({', '.join(marks)})" if marks else ""),
            "" if state == "applied" else "yellow",
        )
    for foreign in sorted(set(current) - set(known)):
        console.warn(f"the database stands on {foreign}, which this checkout does not have")
    return 0
