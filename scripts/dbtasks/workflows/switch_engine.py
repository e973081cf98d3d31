"""Change the engine: bring the target to head, with the rows if asked for, and change one key of `.env` at the end."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from dbtasks import envfile
from dbtasks.config import Settings, environment
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import Draft, Kept, Reading
from dbtasks.errors import DatabaseError, UsageError
from dbtasks.events import Progressed, Warned
from dbtasks.urls import DatabaseUrl, parse_url
from dbtasks.workflows.build import build
from dbtasks.workflows.change import Site, Task, open_site, replace_database
from dbtasks.workflows.checkout import compare
from dbtasks.workflows.summary import Summary, summary_of
from dbtasks.workflows.upgrade import bring_up


@dataclass(frozen=True)
class Target:
    """Where to go.

    Args:
        settings: aimed at it.
        text: what `.env` is going to say.
        managed: is it ours alone, so that templates may be kept beside it?
    """

    settings: Settings
    text: str
    managed: bool


@dataclass(frozen=True)
class Switched:
    """What a switch did; `copied` counts the rows by table, None where none were asked for."""

    url: str
    changed: bool
    summary: Summary
    kept: Kept | None
    copied: dict[str, int] | None
    source: str


def switch(task: Task, target: Target, *, copy_data: bool) -> Switched:
    """Bring the target to head and let `.env` name it.

    Raises:
        UsageError: there is nothing to copy.
        DatabaseError: the copy failed; nothing was switched.
        MigrationError: a revision failed; nothing was switched.
    """
    there = replace(task, settings=target.settings)
    source = open_database(task.settings.url)
    if copy_data:
        kept, copied, summary = _copy(task, there, target)
    else:
        copied = None
        with open_site(there, ask=False) as site:
            kept = _bring_up(site, target)
            summary = summary_of(site.reading)
    project = task.settings.project
    changed = envfile.set_key(project.env_file, project.url_variable, target.text)
    if environment().get(project.url_variable) and task.settings.url != target.settings.url:
        name = project.url_variable
        task.emit(
            Warned(f"{name} is also set in the environment, which wins over {project.env_file.name}: unset {name}")
        )
    return Switched(str(target.settings.url), changed, summary, kept, copied, source.place)


def find_target(settings: Settings, asked: str, start: Callable[[Settings], DatabaseUrl]) -> Target:
    """Find the target, and start its server if that is ours.

    Raises:
        UsageError: that is neither.
        ServerError: the server could not be started.
    """
    from dbtasks import servers

    root = settings.project.root
    if asked == "sqlite":
        text = settings.variable("SQLITE_URL", f"sqlite:///{settings.project.name}.db")
        return Target(settings.on(parse_url(text, base=root)), text, managed=True)
    if asked == "postgres":
        url = start(settings)
        return Target(settings.on(url), url.render(), managed=True)
    if "://" not in asked:
        raise UsageError(
            f"{asked!r} is neither an engine nor a URL.", hint="nox -s db_switch -- sqlite|postgres|URL [--copy-data]"
        )
    url = parse_url(asked, base=root)
    aimed = settings.on(url)
    if url.engine == "postgres" and servers.runs_here(aimed):
        url = start(aimed).with_name(url.name)
        return Target(settings.on(url), url.render(), managed=True)
    return Target(aimed, asked, managed=url.engine == "sqlite")


def require_source(settings: Settings) -> None:
    """Say what is missing before a server is started for it.

    Raises:
        DatabaseError: there is nothing to copy.
    """
    source = open_database(settings.url)
    if not source.exists():
        raise DatabaseError(
            f"There is nothing to copy: {source.place} does not exist.",
            hint="Switch without --copy-data, or build it first: nox -s db_reset",
        )


def _bring_up(site: Site, target: Target) -> Kept | None:
    """Create the target if it is missing or empty, and run what it lacks otherwise."""
    if site.reading.exists() and not site.reading.is_empty():
        if not compare(site.settings, site.reading, site.reading.current()).at_head:
            site.permit()
        return bring_up(site).kept
    return replace_database(site, lambda draft: _build(site, draft, target)).kept


def _build(site: Site, draft: Draft, target: Target) -> None:
    build(site, draft, seed=False, cache=target.managed)


def _copy(task: Task, there: Task, target: Target) -> tuple[Kept | None, dict[str, int], Summary]:
    """Build the target anew at head, with the rows of the database in use; what it held stays as an undo."""
    from dbtasks.databases.row_copy import copy_rows

    here, other = open_database(task.settings.url), open_database(there.settings.url)
    if there.settings.url == task.settings.url or (  # a server has many names: localhost, 127.0.0.1, a socket
        here.engine == other.engine and other.exists() and here.identity() == other.identity()
    ):
        raise UsageError(f"{here.place} is the database in use; there is nothing to copy.")

    def fill(draft: Draft) -> dict[str, int]:
        _build(site, draft, target)
        total = sum(source.rows().values())
        return copy_rows(source, draft, lambda table, rows: task.emit(Progressed("Copying", table, rows, total)))

    with _both_open(task, there) as (source, site):
        replaced = replace_database(site, fill)
        return replaced.kept, replaced.built, summary_of(site.reading)


@contextmanager
def _both_open(here: Task, there: Task) -> Iterator[tuple[Reading, Site]]:
    """Let no other task change either; always in the same order, as another switch may go the other way."""
    sites: dict[bool, Site] = {}
    with ExitStack() as stack:
        for is_target, task in sorted(((False, here), (True, there)), key=lambda one: str(one[1].settings.url)):
            sites[is_target] = stack.enter_context(open_site(task, ask=is_target))
        yield sites[False].reading, sites[True]
