"""Databases ready to be handed out: clones of one template, made ahead of time and recycled behind the scenes.

The idea of a pool of prepared test databases is IntegreSQL's; this one lives in the process that uses
it and needs no server of its own.
"""

import queue
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress

from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import Beside, Kept
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl


class Pool:
    """Clones of a template, each handed out once, as drafts of a database whose lock the pool's maker holds."""

    def __init__(self, again: Callable[[], Beside], template: Kept, *, ready: int) -> None:
        self._again = again
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
        owner = self._again()  # a connection is no thing to share between threads
        while not self._closing.is_set():
            stack = ExitStack()
            try:
                draft = stack.enter_context(owner.draft())
                draft.clone(source)
            except Exception as error:  # noqa: BLE001 (whoever waits for a database is told, whatever it was)
                with suppress(DatabaseError):
                    stack.close()
                self._ready.put(_told(error))
                return
            self._out[draft.url] = stack
            self._ready.put(draft.url)

    def _drop(self) -> None:
        while (stack := self._used.get()) is not None:
            with suppress(DatabaseError, OSError):  # what is left is dropped by the next run
                stack.close()


def _told(error: Exception) -> DatabaseError:
    if isinstance(error, DatabaseError):
        return error
    return DatabaseError(f"No database could be made for the tests: {type(error).__name__}: {error}")
