"""Every revision as a graph, newest first, with what the database has of it."""

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.databases.engines import open_database
from dbtasks.workflows.checkout import archive_of, read_history

if TYPE_CHECKING:
    from dbtasks.revisions.history import History

_STYLES = {"applied": "", "pending": "yellow", "foreign": "red"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Draw the history."""
    from dbtasks.revisions.graph import draw
    from dbtasks.revisions.history import History
    from dbtasks.revisions.unknown import find_unknown

    database = open_database(settings.url)
    current = database.current() if database.exists() else ()
    known = read_history(settings)
    strange = find_unknown(known, archive_of(settings, database), current)
    rows = list(_rows(History((*strange, *known)), known, current))
    if options.json:
        console.data(rows)
        return 0
    told = {row["id"]: row for row in rows}
    for drawing, key in draw((row["id"], row["parents"]) for row in rows):
        if key not in told:
            console.say(f"{'':9}{drawing}", "dim")
            continue
        row = told[key]
        marks = [word for word in ("current", "head") if row[word]]
        tail = f"  ({', '.join(marks)})" if marks else ""
        console.say(f"{row['state']:<9}{drawing}  {key}  {row['message']}{tail}", _STYLES[row["state"]])
    if strange:
        console.warn(f"the database stands on {', '.join(current)}; this checkout does not have what is marked foreign")
    return 0


def _rows(everything: "History", known: "History", current: Sequence[str]) -> Iterator[dict[str, Any]]:
    applied = everything.ancestors(current)
    for revision in everything:
        state = "foreign" if revision.id not in known else "applied" if revision.id in applied else "pending"
        yield {
            "id": revision.id,
            "parents": revision.parents,
            "message": revision.message,
            "state": state,
            "applied": revision.id in applied,
            "current": revision.id in current,
            "head": revision.is_head,
        }
