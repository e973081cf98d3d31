"""Tasks on one checkout's server take turns; a holder that dies lets go at once."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dbtasks.errors import ServerError
from dbtasks.lock_wait import take_file_lock, wait_for_turn


@contextmanager
def turn(name: str, task: str, wait: float, tell: Callable[[str], None]) -> Iterator[None]:
    """Be the only task that starts, stops or removes this server; the arguments are those of `wait_for_turn`.

    Raises:
        ServerError: the wait is over.
    """
    path = file_of(name)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+") as file:

        def give_up(holder: str) -> ServerError:
            return ServerError(
                f"Another task is still at work on the server after {wait:g} s: {holder}.",
                hint="Wait for it, or end it; then try again",
            )

        def holder() -> str:
            return path.read_text().strip() or "another task"

        wait_for_turn(lambda: take_file_lock(file.fileno()), holder, wait, tell, give_up)
        file.truncate(0)
        file.write(f"{task} (process {os.getpid()})\n")
        file.flush()
        yield  # closing the file lets go; the file itself stays, since removing it would split the queue


def file_of(name: str) -> Path:
    """The lock file of a server: outside the project, and every user's own."""
    return Path(tempfile.gettempdir()) / f"dbtasks-{os.getuid()}-{name}.lock"
