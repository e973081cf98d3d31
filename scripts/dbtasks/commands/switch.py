"""Change the engine: sqlite, postgres or a URL; with --copy-data the rows come along."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.errors import UsageError
from dbtasks.task_arguments import add_options, task
from dbtasks.urls import DatabaseUrl
from dbtasks.views import terminal
from dbtasks.workflows import branch
from dbtasks.workflows.switch_engine import find_target, require_source, switch

_TASK = "db_switch"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", nargs="?", default="", metavar="sqlite|postgres|URL", help="where to go")
    parser.add_argument("--copy-data", action="store_true", help="replace the target's rows by those of this database")
    parser.add_argument("--branch", action="store_true", help="bring the state of the git branch that is checked out")
    add_options(parser, in_place=True)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Bring the target to head, with the rows if asked for, and only then change `.env`."""
    if bool(options.target) == options.branch:
        raise UsageError(
            "Say where to go.", hint="nox -s db_switch -- sqlite|postgres|URL [--copy-data]   or   -- --branch"
        )
    if options.branch:
        return _branch(settings, options)
    if options.copy_data:
        require_source(settings)
    target = find_target(settings, options.target, _started)
    console.hide(*target.settings.url.passwords)
    with task(settings, _TASK, options) as this:
        done = switch(this, target, copy_data=options.copy_data)
    if done.copied is not None:
        rows, tables = terminal.counted(sum(done.copied.values()), "row"), terminal.counted(len(done.copied), "table")
        console.say(f"Copied {rows} of {tables}; both sides compared equal", "green")
        console.note(f"What is written to {done.source} from now on stays there")
    project = settings.project
    names = "now names" if done.changed else "names"
    console.say(f"Switched  {project.url_variable} in {project.env_file.name} {names} {done.url}", "green")
    terminal.contents(done.summary)
    terminal.show_next(("nox -s seed        fills the tables", "nox -s db_status"))
    terminal.way_back(done.kept)
    return 0


def _started(settings: Settings) -> DatabaseUrl:
    """The database on the Docker server, which lets us in."""
    from dbtasks import servers
    from dbtasks.databases.login import login

    voice = servers.Voice(console.note, console.progress, console.hide)
    return servers.docker_server(settings).up(login, voice).url


def _branch(settings: Settings, options: argparse.Namespace) -> int:
    """Park the state of the branch that was left, and bring that of the one that was entered."""
    with task(settings, f"{_TASK} --branch", options) as this:
        move = branch.enter(this)
    if move.left:
        console.say(f"Parked the state of {move.left}; {move.entered} has {move.source}", "green")
    else:
        console.say(f"The database is in the state of {move.entered}: {move.source}", "green")
    terminal.show_next(("nox -s migrate", "nox -s db_status"))
    return 0
