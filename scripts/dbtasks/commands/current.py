"""Which revision the database stands on."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.databases.engines import open_database
from dbtasks.errors import DIFFERS
from dbtasks.views import terminal
from dbtasks.workflows.checkout import archive_of, read_history


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--exit-code", action="store_true", help="exit with 4 when the database is not at head")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Read alembic_version and hold it against the history."""
    from dbtasks.revisions.unknown import find_unknown

    database = open_database(settings.url)
    current = database.current() if database.exists() else ()
    known = read_history(settings)
    heads = known.heads
    at_head = set(current) == set(heads)
    strange = find_unknown(known, archive_of(settings, database), current)
    if options.json:
        foreign = [revision.id for revision in strange]
        console.data({"current": current, "heads": heads, "at_head": at_head, "foreign": foreign})
        return DIFFERS if options.exit_code and not at_head else 0
    console.say(f"{terminal.standing(current)}{' (head)' if at_head else ''}")
    if strange:
        names = ", ".join(f"{revision.id} ({revision.message or 'its text is not known here'})" for revision in strange)
        console.warn(f"this checkout does not have {names}: another branch has, or the file was removed")
        terminal.show_next(("nox -s migrate   goes back to where the branches parted, where that can be done",))
    return DIFFERS if options.exit_code and not at_head else 0
