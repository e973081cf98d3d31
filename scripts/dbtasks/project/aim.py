"""Aim the project's code at a database, so that the worker can tell it from every other one."""

from collections.abc import Iterator
from contextlib import contextmanager

from dbtasks.config import Settings
from dbtasks.databases.engines import open_database
from dbtasks.errors import ON_A_COPY, MigrationError, TaskError
from dbtasks.project.failures import StepError
from dbtasks.project.messages.values import AimedDatabase


@contextmanager
def hold_aim(settings: Settings) -> Iterator[AimedDatabase]:
    """What a connection has to see to be in the settings' database, while the context lasts.

    Raises:
        DatabaseError: there is no such database, or it cannot be reached.
    """
    with open_database(settings.url).aim() as aim:
        yield AimedDatabase(settings.url.engine, str(settings.url), aim.key, aim.device, aim.inode)


def require_standing(settings: Settings, heads: tuple[str, ...]) -> None:
    """Compare where the database stands with where the worker says that it has brought it.

    Raises:
        MigrationError: it stands somewhere else.
    """
    found = open_database(settings.url).current()
    if set(found) == set(heads):
        return
    wanted, there = (", ".join(sorted(names)) or "no revision" for names in (heads, found))
    raise MigrationError(
        f"The revisions ran, but the database does not stand at {wanted}: its alembic_version says {there}.",
        checked=[f"database {settings.url}"],
        hint="nox -s db_status",
    )


def add_standing(settings: Settings, error: StepError) -> None:
    """Let the error say where the database really stands, read from it."""
    if settings.is_draft:
        error.checked = (*error.checked, ON_A_COPY)
        return
    try:
        found = ", ".join(open_database(settings.url).current()) or "no revision"
    except TaskError as problem:
        line = f"the database does not answer: {problem.message}"
    else:
        rest = (
            "what the revision did up to its autocommit block is committed"
            if error.partly_committed
            else "the failed revision was rolled back whole"
        )
        line = f"the database stands at {found}; {rest}"
    error.checked = (*error.checked, line)
