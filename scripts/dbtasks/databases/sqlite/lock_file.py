"""One task at a time on a SQLite database: a lock file that dies with its holder."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from dbtasks.databases.database_lock import wait_for_lock
from dbtasks.databases.sqlite.connection import explain_file_error
from dbtasks.lock_wait import take_file_lock


@contextmanager
def hold_lock(file: Path, task: str, wait: float, when_waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock file, alone.

    The kernel drops an flock when its holder dies, however it dies, so nothing is ever left locked. The
    file itself stays: removing it would let a third process lock a file that nobody else sees.

    Raises:
        BusyError: the wait is over.
        DatabaseError: the file cannot be made.
    """
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise explain_file_error(file, error) from error
    try:
        wait_for_lock(lambda: take_file_lock(descriptor), lambda: _read_holder(file), wait, when_waiting, str(file))
        _sign(descriptor, task)
        yield
    finally:
        os.close(descriptor)  # and with it the lock


def _sign(descriptor: int, task: str) -> None:
    """Write into the file who holds it; only for people, the lock itself is the kernel's."""
    about = {"task": task, "pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat()}
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(about).encode(), 0)


def _read_holder(file: Path) -> str:
    try:
        about = json.loads(file.read_bytes())
        since = datetime.fromisoformat(about["since"]).astimezone().strftime("%H:%M:%S")
        return f"{about['task']}, process {about['pid']} on {about['host']}, since {since}"
    except (OSError, ValueError, KeyError):  # being written just now
        return "a task that has not signed yet"
