"""Where everything stands: engine, database, revision, what is pending, what can be undone."""

import argparse
from collections.abc import Sequence
from typing import Any

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.copies.undo import UndoHistory
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import Reading
from dbtasks.errors import DIFFERS, OUT_OF_REACH, DatabaseError, HistoryError, ServerError
from dbtasks.local_state import last_failure, production_label
from dbtasks.views import terminal
from dbtasks.workflows.checkout import compare

_UNKNOWN: dict[str, Any] = {
    "version": "",
    "exists": None,
    "size": 0,
    "current": (),
    "heads": (),
    "pending": None,
    "problem": "",
    "rows": {},
    "server": "",
    "label": None,
    "undo": [],
    "next_undo": None,
    "next_redo": None,
    "snapshots": [],
    "templates": {"number": 0, "bytes": 0},
    "damaged": [],
    "stopped": None,
    "invalid_indexes": [],
    "obstacle": None,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--exit-code", action="store_true", help="exit with 4 when the database is not at head")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Look, and change nothing; what cannot be read is told, and all the rest."""
    database = open_database(settings.url)
    facts: dict[str, Any] = {"engine": database.engine, "url": str(settings.url), "url_from": settings.url_source}
    facts |= {**_UNKNOWN, "settings_damages": settings.damages}
    try:
        facts["server"] = _server(settings)
        facts["version"] = database.version()
        facts |= _kept(database)
        _read(settings, database, facts)
    except (DatabaseError, ServerError) as error:
        facts["obstacle"] = {"message": error.message, "checked": error.checked, "next": error.hint}
    if options.json:
        console.data(facts)
    else:
        _tell(facts)
    if facts["obstacle"]:
        return OUT_OF_REACH
    return DIFFERS if options.exit_code and facts["pending"] != [] else 0


def _kept(database: Reading) -> dict[str, Any]:
    """What is kept of the database; it can be told where the database itself cannot be read."""
    history = UndoHistory(database.kept("undo"))
    templates = database.kept("template")
    return {
        "undo": [terminal.former_state(state).strip() for state in history.states],
        "next_undo": terminal.former_state(history.undo).strip() if history.undo else None,
        "next_redo": terminal.former_state(history.redo).strip() if history.redo else None,
        "snapshots": [state.about.title for state in database.kept("snapshot")],
        "templates": {"number": len(templates), "bytes": sum(state.size for state in templates)},
        "damaged": database.damaged(),
    }


def _read(settings: Settings, database: Reading, facts: dict[str, Any]) -> None:
    """Add what the database itself says, as far as it can be read.

    Raises:
        DatabaseError: it cannot be read to the end.
    """
    from dbtasks.project import session

    facts["exists"] = database.exists()
    current: tuple[str, ...] = ()
    if facts["exists"]:
        facts["size"] = database.size()
        label = production_label.read_label(settings, database)
        facts["label"] = label.environment if label else None
        facts["current"] = current = database.current()
        facts["rows"] = database.rows()
    try:
        facts.update(_against_history(settings, database, current))
    except HistoryError as error:
        facts["problem"] = " ".join((error.message, *error.checked, error.hint))
    if not facts["exists"]:
        return
    stop = last_failure.recall(settings, current)
    if stop:
        facts["stopped"] = {"sentence": stop.sentence(), "place": stop.place, "ways_on": last_failure.WAYS_ON}
    facts["invalid_indexes"] = [index.sentence() for index in session.invalid_indexes(settings)]


def _against_history(settings: Settings, database: Reading, current: Sequence[str]) -> dict[str, Any]:
    """What the checkout's history says of where the database stands."""
    standing = compare(settings, database, current)
    facts: dict[str, Any] = {"heads": standing.history.heads}
    if standing.sentence():
        facts["problem"] = f"{standing.sentence()}. {standing.way_on()}"
    if standing.fits:
        facts["pending"] = [f"{r.id} {r.message}" for r in standing.history.pending(current)]
    return facts


def _server(settings: Settings) -> str:
    """The container of the Docker server in words; empty where the database is somewhere else."""
    from dbtasks import servers

    if not servers.runs_here(settings):
        return ""
    container = servers.docker_server(settings).summary()
    if container is None:
        raise DatabaseError("The Docker server of this checkout does not exist yet.", hint="nox -s db_up")
    return f"container {container.name}, {container.state}, volume {container.volume}"


def _tell(facts: dict[str, Any]) -> None:
    console.say(f"Database  {facts['url']}" + (f"  ({facts['version']})" if facts["version"] else ""), "bold")
    console.say(f"          from {facts['url_from']}", "dim")
    if facts["server"]:
        console.say(f"          {facts['server']}", "dim")
    if facts["obstacle"]:
        _tell_obstacle(facts)
        return
    if not facts["exists"]:
        console.say("          it does not exist", "yellow")
        _tell_kept(facts)
        back = ("nox -s db_undo   brings the last one back",) if facts["next_undo"] else ()
        terminal.show_next((*back, "nox -s db_reset"))
        return
    console.say(f"Size      {terminal.size(facts['size'])}")
    console.say(f"Label     {facts['label'] or 'none'}")
    at_head = " (head)" if facts["pending"] == [] else ""
    console.say(f"Revision  {terminal.standing(facts['current'])}{at_head}")
    if facts["problem"]:
        console.say(f"          {facts['problem']}", "yellow")
    for revision in facts["pending"] or []:
        console.say(f"Pending   {revision}", "yellow")
    if facts["rows"]:
        console.table(("table", "rows"), [(n, f"{c:,}") for n, c in facts["rows"].items()], numbers=("rows",))
    _tell_kept(facts)
    for index in facts["invalid_indexes"]:
        console.say(f"Broken    {index}", "yellow")
    if facts["stopped"]:
        console.say(f"Stopped   {facts['stopped']['sentence']}", "red")
        console.say(f"          {facts['stopped']['place']}")
        terminal.show_next(facts["stopped"]["ways_on"])
    elif facts["pending"]:
        terminal.show_next(("nox -s migrate",))


def _tell_obstacle(facts: dict[str, Any]) -> None:
    """Why the database cannot be read, and what is known all the same."""
    console.say(f"          {facts['obstacle']['message']}", "red")
    for line in facts["obstacle"]["checked"]:
        console.say(f"          checked: {line}", "dim")
    if facts["label"]:
        console.say(f"Label     {facts['label']}")
    _tell_kept(facts)
    terminal.show_next((facts["obstacle"]["next"],))


def _tell_kept(facts: dict[str, Any]) -> None:
    for word, state in (("Undo", facts["next_undo"]), ("Redo", facts["next_redo"])):
        if state:
            console.say(f"{word:<10}{state}", "dim")
    others = len(facts["undo"]) - sum(1 for key in ("next_undo", "next_redo") if facts[key])
    if others:
        listed = terminal.counted(others, "more former state")
        console.say(f"          and {listed}: nox -s db_undo -- --list", "dim")
    for name in facts["snapshots"]:
        console.say(f"Snapshot  {name}", "dim")
    for sentence in facts["damaged"]:
        console.say(f"Damaged   {sentence}", "yellow")
    if facts["templates"]["number"]:
        taken = terminal.size(facts["templates"]["bytes"])
        console.say(f"Templates {facts['templates']['number']}, {taken} (nox -s db_prune drops them)", "dim")
