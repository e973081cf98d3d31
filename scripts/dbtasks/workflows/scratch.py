"""A throwaway database at head: what the models are compared with, so that nobody has to upgrade first."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dbtasks import guard
from dbtasks.config import Settings
from dbtasks.databases import open_database
from dbtasks.errors import ServerError
from dbtasks.urls import DatabaseUrl, Engine, parse_url


@contextmanager
def at_head(
    settings: Settings, task: str, *, when_waiting: Callable[[str], None] = lambda _: None
) -> Iterator[Settings]:
    """Build one beside the settings' database, which is not touched.

    Args:
        settings: naming the engine and where there is room.
        task: for whom, told to whoever waits.
        when_waiting: told once when the lock has to be waited for.

    Raises:
        MigrationError: the history has several heads, or a revision of it fails.
    """
    from dbtasks.project import session

    database = open_database(settings.url, when_waiting=when_waiting)
    with database.lock(task, settings.project.lock_wait), database.draft() as scratch:
        scratch.create(guard.label_for(settings))
        aimed = settings.on(scratch.url)
        session.require_one_head(session.heads(aimed))
        session.upgrade(aimed, "head", lambda _: None)
        yield aimed


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
