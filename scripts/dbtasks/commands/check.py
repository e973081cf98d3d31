"""Do the models and the history agree? Exit code 4 when not."""

import argparse
from typing import TYPE_CHECKING

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.errors import DIFFERS, DatabaseError, ServerError
from dbtasks.project.messages.values import RevisionRequest
from dbtasks.project.models import missing as find_missing
from dbtasks.urls import Engine
from dbtasks.views import terminal
from dbtasks.workflows import author
from dbtasks.workflows.checkout import read_history

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbtasks.project.models import Missing
    from dbtasks.revisions.merge_preview import Crossing

_BOTH: tuple[Engine, ...] = ("sqlite", "postgres")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--both", action="store_true", help="on a scratch SQLite and on a scratch PostgreSQL")
    parser.add_argument("--fix", metavar="MESSAGE", help="write the revision that makes them agree")
    parser.add_argument("--against", metavar="REF", help="find heads that appear only when REF is merged, as in main")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Compare on scratch databases at head, so that nobody has to upgrade first."""
    from dbtasks.project import session
    from dbtasks.workflows.change import Task
    from dbtasks.workflows.scratch import at_head, on_engine

    if options.against:
        return _against(settings, options)
    differences: dict[str, list[str]] = {}
    problems: dict[str, str] = {}
    missing: Sequence[Missing] = ()
    for engine in _BOTH if options.both else (settings.url.engine,):
        try:
            with (
                terminal.show_events() as emit,
                on_engine(settings, engine) as place,
                at_head(Task(place, "check", emit)) as scratch,
            ):
                found = session.difference(scratch)
                if options.fix and found and not any(differences.values()):
                    _fix(scratch, options.fix)
        except (DatabaseError, ServerError) as error:
            if not options.both:
                raise
            problems[engine] = f"{error.message} {error.hint}".strip()
            continue
        differences[engine] = list(found.changes)
        missing = find_missing(settings.project, found.tables)
    if options.json:
        console.data(
            {"differences": differences, "not_checked": problems, "not_imported": [str(one) for one in missing]}
        )
    else:
        _tell(differences, problems, missing, fixed=bool(options.fix))
    different = (any(differences.values()) and not options.fix) or bool(missing)
    return DIFFERS if different else 1 if problems else 0


def _tell(
    differences: dict[str, list[str]], problems: dict[str, str], missing: "Sequence[Missing]", *, fixed: bool
) -> None:
    for engine, found in differences.items():
        if not found:
            console.say(f"The models and the history agree on {engine}", "green")
            continue
        console.say(f"The models differ from the history in {len(found)} place(s) on {engine}:", "yellow")
        for difference in found:
            console.say(f"  {difference}")
    for model in missing:
        console.warn(str(model))
    for engine, problem in problems.items():
        console.warn(f"not checked on {engine}: {problem}")
    if any(differences.values()) and not fixed:
        terminal.show_next(('nox -s revision -- "what changed in the models"', 'nox -s check -- --fix "the same"'))


def _fix(scratch: Settings, message: str) -> None:
    """Write the revision, and prove it where the comparison was made."""
    from dbtasks.revisions.message import require_saying

    require_saying(message)
    written = author.write_revision(scratch, RevisionRequest(message), None)
    if written.file is None:
        return
    console.note(f"Wrote {written.file}", "green")
    for left in written.remaining:
        console.warn(f"after this revision the models still differ: {left}")


def _against(settings: Settings, options: argparse.Namespace) -> int:
    from dbtasks.revisions import merge_preview

    crossing = merge_preview.crossing(read_history(settings), options.against)
    if options.json:
        console.data(crossing.facts())
    elif crossing.collides:
        _tell_crossing(crossing, options.against)
    else:
        console.say(f"One head, with {options.against} merged too", "green")
    return DIFFERS if crossing.collides else 0


def _tell_crossing(crossing: "Crossing", ref: str) -> None:
    console.say(f"Merged with {ref}, the history has {len(crossing.heads)} heads:", "yellow")
    for side, revision, origin in crossing.heads:
        console.say(f"  {revision.id}  {revision.message}  ({side}; {origin})")
    terminal.show_next((f"git merge {ref}", "nox -s merge", "nox -s migrate"))
