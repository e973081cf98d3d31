"""Write a migration from what changed in the models."""

import argparse
import shlex
from pathlib import Path

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.errors import MigrationError
from dbtasks.project.messages.values import Rename, RevisionRequest
from dbtasks.project.models import missing
from dbtasks.views import terminal
from dbtasks.workflows import author
from dbtasks.workflows.checkout import read_history

_ANSWERS = {"y": True, "yes": True, "n": False, "no": False}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("message", help='what it does, as in "add phone column to resource"')
    parser.add_argument(
        "--kind", choices=("schema", "data", "empty"), default="schema", help="schema compares the models"
    )
    parser.add_argument("--rename", action="append", default=[], metavar="TABLE.OLD:NEW", help="or OLD:NEW for a table")
    parser.add_argument("--no-rename", action="store_true", help="nothing else is a rename: what goes is lost")
    parser.add_argument("--allow-any-name", action="store_true", help="take a message that says nothing")
    parser.add_argument("--no-sql", action="store_true", help="do not print the SQL for PostgreSQL")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Autogenerate against a scratch database at head, so that nobody has to upgrade first."""
    from dbtasks.project import session
    from dbtasks.revisions.message import require_saying

    if not options.allow_any_name:
        require_saying(options.message)
    request = RevisionRequest(
        options.message,
        options.kind,
        renames=tuple(author.parse_rename(text) for text in options.rename),
        no_renames=options.no_rename,
    )
    read_history(settings).require_one_head()
    if options.kind == "schema":
        file = _from_models(settings, request)
    else:
        written = session.write_revision(settings, request).file
        if written is None:
            raise MigrationError("Alembic wrote no file.", hint="nox -s history")
        file = written
        console.say(f"Wrote {file}", "green")
    if options.kind == "schema" and not options.no_sql:
        _show_sql(settings, file)
    first = "review the file" if options.kind == "schema" else f"fill in {file.name}"
    terminal.show_next((first, "nox -s migrate"))
    return 0


def _from_models(settings: Settings, request: RevisionRequest) -> Path:
    from dbtasks.workflows.change import Task
    from dbtasks.workflows.scratch import at_head

    with terminal.show_events() as emit, at_head(Task(settings, "revision", emit)) as scratch:
        written = author.write_revision(scratch, request, _confirm if console.interactive() else None)
    for model in missing(settings.project, written.tables):
        console.warn(str(model))
    if written.file is None:
        raise MigrationError(
            "Nothing changed: the models and the history agree, so no revision was written.",
            checked=["the models that env.py imports, against a scratch database at head"],
            hint=f"For one written by hand: nox -s revision -- {shlex.quote(request.message)} --kind empty",
        )
    console.say(f"Wrote {written.file}", "green")
    for left in written.remaining:
        console.warn(f"after this revision the models still differ: {left}")
    console.note(f"Proved on {settings.url.engine}: up, down and up again on a scratch database")
    return written.file


def _confirm(rename: Rename) -> bool | None:
    """A drop and an add that look alike: only a person knows whether the rows are to be kept, and must say it."""
    question = f"{author.sentence(rename)}. Is it a rename, keeping its rows? (yes or no)"
    while answer := console.ask(question).lower():
        if answer in _ANSWERS:
            return _ANSWERS[answer]
    return None


def _show_sql(settings: Settings, file: Path) -> None:
    from dbtasks.project import session

    review = session.review(settings, file)
    if not review.up:
        console.note("Its SQL depends on what is in the database, so it is not shown")
        return
    for title, text in (("upgrade", review.up), ("downgrade", review.down)):
        console.say(f"-- {title}, on PostgreSQL " + "-" * 40, "bold")
        console.say(text)
