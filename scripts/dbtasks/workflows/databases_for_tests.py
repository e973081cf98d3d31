"""Databases for tests: a template that all test processes share, and a name of its own for each of them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import count

from dbtasks.config import Settings
from dbtasks.copies.pool import Pool
from dbtasks.databases.protocol import Kept
from dbtasks.errors import BusyError
from dbtasks.urls import DatabaseUrl
from dbtasks.workflows.build import template
from dbtasks.workflows.change import Site, Task, open_site

_TASK = "tests"


def shared_template(settings: Settings, *, wait: float) -> Kept:
    """The migrated and seeded state that every test starts from, built by the first process that asks.

    Raises:
        TaskError: a revision or the seeds failed.
    """
    with open_site(Task(settings, _TASK), ask=False, wait=wait) as site:
        return template(site)


@contextmanager
def pool(settings: Settings, kept: Kept, *, ready: int) -> Iterator[Pool]:
    """Clones of a template, for this process alone."""
    with slot(settings) as site:
        made = Pool(site.again, kept, ready=ready)
        try:
            yield made
        finally:
            made.close()


@contextmanager
def slot(settings: Settings) -> Iterator[Site]:
    """A database name of this process alone, so that test runs beside each other never meet.

    The first free one of `<name>_1`, `<name>_2` ... is locked for as long as it is used, and what a
    killed run left under it is dropped.
    """
    for number in count(1):
        with ExitStack() as stack:
            task = Task(replace(settings, url=_numbered(settings.url, number)), _TASK)
            try:
                site = stack.enter_context(open_site(task, ask=False, wait=0))
            except BusyError:
                continue
            yield site
            return


def _numbered(base: DatabaseUrl, number: int) -> DatabaseUrl:
    """A name with a number, before the ending of a SQLite file."""
    if base.engine == "sqlite":
        return base.with_name(str(base.path.with_stem(f"{base.path.stem}_{number}")))
    return base.with_name(f"{base.name}_{number}")
