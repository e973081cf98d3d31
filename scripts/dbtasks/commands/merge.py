"""Write a revision that joins several heads."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.errors import MigrationError
from dbtasks.project.messages.values import RevisionRequest
from dbtasks.views import terminal
from dbtasks.workflows.checkout import read_history

_LONGEST = 100  # characters of a message made here; it becomes a file's name


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("message", nargs="?", default="", help="what the two have in common")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Merge, unless there is one head only."""
    from dbtasks.project import session

    found = [revision for revision in read_history(settings) if revision.is_head]
    if len(found) <= 1:
        if options.json:
            console.data({"merged": [], "file": None})
        else:
            console.say("Nothing to merge: the history has one head", "green")
        return 0
    message = options.message or _message([head.message or head.id for head in found])
    file = session.write_revision(settings, RevisionRequest(message, "merge")).file
    if file is None:
        raise MigrationError("Alembic wrote no file.", hint="nox -s heads")
    if options.json:
        console.data({"merged": [head.id for head in found], "message": message, "file": str(file)})
        return 0
    for head in found:
        console.say(f"  {head.id}  {head.message}")
    console.say(f"Wrote {file}", "green")
    terminal.show_next(("nox -s migrate",))
    return 0


def _message(messages: list[str]) -> str:
    """What each branch does, as in "merge add isbn to book with drop the shelf"."""
    whole = "merge " + " with ".join(messages)
    if len(whole) <= _LONGEST:
        return whole
    each = (_LONGEST - len("merge ")) // len(messages) - len(" with ")
    return "merge " + " with ".join(message[: max(each, 8)].rstrip() for message in messages)
