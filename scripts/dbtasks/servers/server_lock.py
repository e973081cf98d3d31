"""Tasks on one checkout's server take turns; a holder that dies lets go at once."""

import os
import shlex
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dbtasks.errors import ServerError
from dbtasks.lock_wait import take_file_lock, wait_for_turn

_LONGEST = 500  # bytes that are read of who holds it


@contextmanager
def turn(name: str, task: str, wait: float, tell: Callable[[str], None]) -> Iterator[None]:
    """Be the only task that starts, stops or removes this server; the arguments are those of `wait_for_turn`.

    Raises:
        ServerError: the wait is over, or something of somebody else has the lock file's name.
    """
    descriptor = _open(file_of(name))
    try:

        def give_up(holder: str) -> ServerError:
            return ServerError(
                f"Another task is still at work on the server after {wait:g} s: {holder}.",
                hint="Wait for it, or end it; then try again",
            )

        def holder() -> str:
            return os.pread(descriptor, _LONGEST, 0).decode(errors="replace").strip() or "another task"

        wait_for_turn(lambda: take_file_lock(descriptor), holder, wait, tell, give_up)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{task} (process {os.getpid()})\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)  # lets go; the file itself stays, since removing it would split the queue


def file_of(name: str) -> Path:
    """The lock file of a server: outside the project, and every user's own."""
    return Path(tempfile.gettempdir()) / f"dbtasks-{os.getuid()}-{name}.lock"


def _open(path: Path) -> int:
    """Open the lock file; anybody may put something under its name, and that is not to be written to."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise _in_the_way(path, str(error.strerror)) from error
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid() or found.st_nlink != 1:
        os.close(descriptor)
        raise _in_the_way(path, "it is no file of this user's alone")
    return descriptor


def _in_the_way(path: Path, reason: str) -> ServerError:
    away = f"mv {shlex.quote(str(path))} {shlex.quote(f'{path}.old')}"
    return ServerError(f"The lock file {path} cannot be used: {reason}.", hint=f"Move it away: {away}")
