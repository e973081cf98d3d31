"""Change the engine: sqlite, postgres or a URL; with --copy-data the rows come along."""

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from dbtasks import config, console, envfile, guard
from dbtasks.config import Settings
from dbtasks.copies import undo
from dbtasks.databases import Database, Kept, open_database
from dbtasks.errors import DatabaseError, UsageError
from dbtasks.urls import DatabaseUrl, parse_url
from dbtasks.views import terminal
from dbtasks.workflows import reset

_TASK = "db_switch"


@dataclass(frozen=True)
class _Target:
    """Where to go.

    Args:
        settings: aimed at it.
        text: what `.env` is going to say.
        managed: is it ours alone, so that it may be built anew beside itself?
    """

    settings: Settings
    text: str
    managed: bool


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("target", nargs="?", default="", metavar="sqlite|postgres|URL", help="where to go")
    parser.add_argument("--copy-data", action="store_true", help="replace the target's rows by those of this database")
    parser.add_argument("--branch", action="store_true", help="bring the state of the git branch that is checked out")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Bring the target to head, with the rows if asked for, and only then change `.env`."""
    if bool(options.target) == options.branch:
        raise UsageError(
            "Say where to go.", hint="nox -s db_switch -- sqlite|postgres|URL [--copy-data]   or   -- --branch"
        )
    if options.branch:
        return _branch(settings, options)
    if options.copy_data:
        _require_source(settings)
    target = _resolve(settings, options.target)
    database = terminal.opened(target.settings)
    if options.copy_data and target.settings.url == settings.url:
        raise UsageError(f"{database.place} is the database in use; there is nothing to copy.")
    if options.copy_data:
        kept = _copy(settings, target, database, options.yes)
    else:
        kept = None
        with database.lock(_TASK, settings.project.lock_wait):
            _bring_up(target, database, options.yes)
    _remember(settings, target)
    terminal.summary(database, database.rows(), following=("nox -s seed        fills the tables", "nox -s db_status"))
    terminal.kept(kept)
    return 0


def _require_source(settings: Settings) -> None:
    """Say what is missing before a server is started for it."""
    source = open_database(settings.url)
    if not source.exists():
        raise DatabaseError(
            f"There is nothing to copy: {source.place} does not exist.",
            hint="Switch without --copy-data, or build it first: nox -s db_reset",
        )


def _resolve(settings: Settings, asked: str) -> _Target:
    """Find the target, and start its server if that is ours."""
    from dbtasks import servers

    root = settings.project.root
    if asked == "sqlite":
        text = settings.variable("SQLITE_URL", f"sqlite:///{settings.project.name}.db")
        return _Target(settings.on(parse_url(text, base=root)), text, managed=True)
    if asked == "postgres":
        url = _started(settings)
        return _Target(settings.on(url), url.render(), managed=True)
    if "://" not in asked:
        raise UsageError(
            f"{asked!r} is neither an engine nor a URL.", hint="nox -s db_switch -- sqlite|postgres|URL [--copy-data]"
        )
    url = parse_url(asked, base=root)
    console.hide(url.password)
    aimed = settings.on(url)
    if url.engine == "postgres" and servers.runs_here(aimed):
        started = _started(aimed)
        url = started.with_name(url.name)
        return _Target(settings.on(url), url.render(), managed=True)
    return _Target(aimed, asked, managed=url.engine == "sqlite")


def _started(settings: Settings) -> DatabaseUrl:
    """The database on the Docker server, which lets us in."""
    from dbtasks import servers
    from dbtasks.databases.login import login

    voice = servers.Voice(console.note, console.progress, console.hide)
    return servers.docker_server(settings).up(login, voice).url


def _bring_up(target: _Target, database: Database, typed: str) -> None:
    """Create the target if it is missing, and run what it lacks.

    A database of ours is upgraded as a copy that takes its place, so that a failing revision leaves it
    as it was. A server of somebody else's may not let us create databases; there, each revision is whole.
    """
    from dbtasks.project import session

    settings = target.settings
    database.tidy()
    session.require_one_head(session.heads(settings))
    if not database.exists():
        with database.draft() as draft:
            reset.build(settings, database, draft, seed=False, cache=target.managed)
            database.swap(draft, None)
        return
    if not session.pending(settings, database.current()):
        return
    guard.permit(settings, database, f"{_TASK} and migrate", typed)
    if not target.managed:
        session.upgrade(settings, "head", terminal.step)
        return
    with database.draft() as draft:
        database.clone_to(draft)
        session.upgrade(settings.on(draft.url), "head", terminal.step)
        database.swap(draft, None)


def _copy(settings: Settings, target: _Target, database: Database, typed: str) -> Kept | None:
    """Build the target anew at head, with the rows of the database in use; what it held stays as an undo."""
    from dbtasks.databases.row_copy import copy_rows

    source = terminal.opened(settings)
    with _both_locked(settings, database, source):
        guard.permit(settings, database, f"{_TASK} --copy-data", typed)
        database.tidy()
        with database.draft() as draft:
            reset.build(target.settings, database, draft, seed=False, cache=target.managed)
            with console.progress("Copying rows", sum(source.rows().values())) as bar:
                copied = copy_rows(source, draft, lambda table, rows: bar.advance(rows, f"Copying {table}"))
            holds = database.exists() and bool(database.rows() or database.current())
            kept = database.swap(draft, undo.about(database, _TASK) if holds else None)
        undo.trim(database, settings)
    console.say(f"Copied {copied.total:,} row(s) of {len(copied.rows)} table(s); both sides compared equal", "green")
    return kept


@contextmanager
def _both_locked(settings: Settings, *databases: Database) -> Iterator[None]:
    """Let no other task change either; always in the same order, as another switch may go the other way."""
    with ExitStack() as stack:
        for database in sorted(databases, key=lambda one: one.place):
            stack.enter_context(database.lock(f"{_TASK} --copy-data", settings.project.lock_wait))
        yield


def _remember(settings: Settings, target: _Target) -> None:
    """Change the one key of `.env`, and say so where the environment hides it."""
    project = settings.project
    name = project.url_variable
    changed = envfile.set_key(project.env_file, name, target.text)
    what = "now names" if changed else "names"
    console.say(f"Switched  {name} in {project.env_file.name} {what} {target.settings.url}", "green")
    if config.environment().get(name) and settings.url != target.settings.url:
        console.warn(f"{name} is also set in the environment, which wins over {project.env_file.name}: unset {name}")


def _branch(settings: Settings, options: argparse.Namespace) -> int:
    """Park the state of the branch that was left, and bring that of the one that was entered."""
    from dbtasks.workflows import branch

    database = terminal.opened(settings)
    with database.lock(f"{_TASK} --branch", settings.project.lock_wait):
        guard.permit(settings, database, f"{_TASK} --branch", options.yes)
        database.tidy()
        move = branch.enter(database, settings)
    if move.left:
        console.say(f"Parked the state of {move.left}; {move.entered} has {move.source}", "green")
    else:
        console.say(f"The database is in the state of {move.entered}: {move.source}", "green")
    terminal.show_next(("nox -s migrate", "nox -s db_status"))
    return 0
