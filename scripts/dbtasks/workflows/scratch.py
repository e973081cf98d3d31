"""A throwaway database at a revision: what models and databases are compared with."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from dbtasks.config import Settings
from dbtasks.databases.protocol import Draft
from dbtasks.errors import ServerError
from dbtasks.events import ignore
from dbtasks.urls import DatabaseUrl, Engine, parse_url
from dbtasks.workflows.build import build
from dbtasks.workflows.change import Site, Task, open_site
from dbtasks.workflows.checkout import read_history
from dbtasks.workflows.migrate import bring_to_head


@contextmanager
def at_head(task: Task) -> Iterator[Settings]:
    """Build one beside the settings' database, which is not touched; cloned from a template where there is one.

    Yields:
        The settings, aimed at it.

    Raises:
        MigrationError: the history has several heads, or a revision of it fails.
    """
    quiet = replace(task, emit=ignore)  # what happens to a scratch database is nobody's news
    with open_site(quiet, ask=False) as site, site.draft() as scratch:
        stand_at(site, scratch, "head")
        yield task.settings.on_draft(scratch.url)


def stand_at(site: Site, scratch: Draft, target: str) -> None:
    """Create a scratch database that stands at `head`, `base`, a revision, or several with commas between."""
    if target == "head" or tuple(target.split(",")) == read_history(site.settings).heads:
        build(site, scratch, seed=False, cache=True)
        return
    scratch.create()
    if target != "base":
        aimed = site.settings.on_draft(scratch.url)
        bring_to_head(aimed, ignore, target)


@contextmanager
def on_engine(settings: Settings, engine: Engine) -> Iterator[Settings]:
    """The settings aimed at a place for scratch databases on an engine, not always the configured one.

    Raises:
        ServerError: PostgreSQL is wanted and the settings name no server.
    """
    if settings.url.engine == engine:
        yield settings
    elif engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="dbtasks-check-") as folder:
            yield settings.on(parse_url("sqlite:///check.db", base=Path(folder)))
    else:
        yield settings.on(_postgres(settings))


def _postgres(settings: Settings) -> DatabaseUrl:
    """The server of db_up, as `.env` names it."""
    from dbtasks.servers.wanted import Wanted

    wanted = Wanted.of(settings)
    if wanted.port is None:
        raise ServerError(
            "There is no PostgreSQL to check against.",
            checked=[f"{settings.project.url_variable} names {settings.url.engine}", "POSTGRES_PORT is not set"],
            hint=f"nox -s db_up   or set {settings.project.url_variable} to a PostgreSQL URL",
        )
    return wanted.url()
