"""Databases ready to be handed out: clones of one template, made ahead of time and recycled behind the scenes.

The idea of a pool of prepared test databases is IntegreSQL's; this one lives in the process that uses
it and needs no server of its own.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count

from dbtasks.databases import Database, Kept, open_database
from dbtasks.errors import BusyError, DatabaseError
from dbtasks.urls import DatabaseUrl


class Pool:
    """Clones of a template, each handed out once.

    Args:
        owner: the database whose drafts the clones are; its lock is held by whoever made the pool.
        template: what they are clones of.
        ready: how many to keep ready.
    """

    def __init__(self, owner: Database, template: Kept, *, ready: int) -> None:
        self._owner = owner
        self._template = template
        self._ready: queue.Queue[DatabaseUrl | DatabaseError] = queue.Queue(maxsize=ready)
        self._used: queue.SimpleQueue[ExitStack | None] = queue.SimpleQueue()
        self._out: dict[DatabaseUrl, ExitStack] = {}
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._make, self._drop)]
        for thread in self._threads:
            thread.start()

    def take(self) -> DatabaseUrl:
        """A database that nobody has had before.

        Raises:
            DatabaseError: no more could be made; the reason is the last attempt's.
        """
        found = self._ready.get()
        if isinstance(found, DatabaseError):
            self._ready.put(found)  # for the next who asks
            raise found
        return found

    def give_back(self, url: DatabaseUrl) -> None:
        """Be done with a database; it is dropped in the background."""
        self._used.put(self._out.pop(url))

    def close(self) -> None:
        """Drop what is left and stop; every database of the pool is gone afterwards."""
        self._closing.set()
        maker, dropper = self._threads
        while maker.is_alive():  # it may be waiting for a place in the queue
            self._drain()
            maker.join(0.05)
        self._drain()
        for stack in self._out.values():
            self._used.put(stack)
        self._used.put(None)
        dropper.join()

    def _drain(self) -> None:
        while not self._ready.empty():
            found = self._ready.get_nowait()
            if isinstance(found, DatabaseUrl):
                self.give_back(found)

    def _make(self) -> None:
        source = open_database(self._template.url)
        owner = open_database(self._owner.url)  # a connection is no thing to share between threads
        while not self._closing.is_set():
            stack = ExitStack()
            try:
                draft = stack.enter_context(owner.draft())
                source.clone_to(draft)
            except DatabaseError as error:
                stack.close()
                self._ready.put(error)
                return
            self._out[draft.url] = stack
            self._ready.put(draft.url)

    def _drop(self) -> None:
        while (stack := self._used.get()) is not None:
            stack.close()


@contextmanager
def slot(base: DatabaseUrl, open_one: Callable[[DatabaseUrl], Database] = open_database) -> Iterator[Database]:
    """A database name of this process alone, so that test runs beside each other never meet.

    The first free one of `<name>_1`, `<name>_2` ... is locked for as long as it is used, and what a
    killed run left under it is dropped.

    Args:
        base: the name that the numbers are added to.
        open_one: how a database is opened.
    """
    for number in count(1):
        with ExitStack() as stack:
            owner = open_one(base.with_name(numbered(base, number)))
            try:
                stack.enter_context(owner.lock("tests", 0))
            except BusyError:
                continue
            owner.tidy()
            yield owner
            return


def numbered(base: DatabaseUrl, number: int) -> str:
    """A name with a number, before the ending of a SQLite file."""
    if base.engine == "sqlite":
        return str(base.path.with_stem(f"{base.path.stem}_{number}"))
    return f"{base.name}_{number}"
