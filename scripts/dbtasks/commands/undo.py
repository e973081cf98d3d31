"""Walk back through the former states of the database; --redo walks forward again."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.copies.undo import UndoHistory, role_of
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import Kept
from dbtasks.errors import DatabaseError, UsageError
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.change import Task
from dbtasks.workflows.undo import REDO, UNDO, Undone, go_to, redo, undo


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", nargs="?", type=int, metavar="N", help="bring back the state with this number")
    parser.add_argument("--redo", action="store_true", help="take the last undo back")
    parser.add_argument("--list", action="store_true", help="show the former states, the one kept last first")
    parser.add_argument("--json", action="store_true", help="with --list, for programs")
    add_options(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Bring a former state back; the one it replaces can be brought back in turn."""
    if options.list:
        return _list(settings, as_json=options.json)
    if options.redo and options.number is not None:
        raise UsageError("--redo takes no number.", hint="nox -s db_undo -- --list")
    with task(settings, REDO if options.redo else UNDO, options) as this:
        done = _walk(this, options)
    console.say(f"Back to the state {terminal.former_state(done.state).strip()}", "green")
    terminal.contents(done.summary)
    terminal.show_next(_next(done.history))
    return 0


def _walk(this: Task, options: argparse.Namespace) -> Undone:
    if options.number is not None:
        return go_to(this, options.number)
    return redo(this) if options.redo else undo(this)


def _next(history: UndoHistory) -> list[str]:
    ways = []
    if history.undo is not None:
        ways.append(f"nox -s db_undo             goes on, to {terminal.former_state(history.undo).strip()}")
    if history.redo is not None:
        ways.append("nox -s db_undo -- --redo   takes this back")
    return [*ways, "nox -s db_undo -- --list   shows all former states"]


def _list(settings: Settings, *, as_json: bool) -> int:
    database = open_database(settings.url)
    history = UndoHistory(database.kept("undo"))
    terminal.warn_of_damaged(database)
    if as_json:
        console.data(
            [
                {
                    "number": state.about.number,
                    "task": state.about.title,
                    "role": role_of(state),
                    "made": state.about.made.isoformat(),
                    "revisions": state.about.revisions,
                    "rows": _count_rows(state),
                    "bytes": state.size,
                    "next": state in (history.undo, history.redo),
                }
                for state in history.states
            ]
        )
        return 0
    if not history.states:
        console.say(f"No former state of {database.place} is kept")
        return 0
    marks = {id(history.undo): "<- undo", id(history.redo): "<- redo"}
    rows = [
        (
            str(state.about.number),
            terminal.moment(state.about.made),
            f"{state.about.title}{terminal.role(state)}",
            terminal.standing_short(state),
            "unreadable" if (rows := _count_rows(state)) is None else f"{rows:,}",
            terminal.size(state.size),
            marks.get(id(state), ""),
        )
        for state in history.states
    ]
    console.table(("no.", "kept", "before", "revision", "rows", "size", ""), rows, numbers=("no.", "rows", "size"))
    return 0


def _count_rows(state: Kept) -> int | None:
    """How many rows a former state has; None where it cannot be read, which must not hide the others."""
    try:
        return sum(open_database(state.url).rows().values())
    except DatabaseError:
        return None
