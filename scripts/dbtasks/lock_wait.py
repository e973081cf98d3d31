"""Wait for one's turn: whatever the lock is, the waiting is the same."""

import fcntl
import os
import time
from collections.abc import Callable

from dbtasks.errors import TaskError

_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.5


def wait_for_turn(
    attempt: Callable[[], bool],
    holder: Callable[[], str],
    wait: float,
    tell: Callable[[str], None],
    give_up: Callable[[str], TaskError],
) -> None:
    """Try to take a lock until it is ours.

    Args:
        attempt: takes the lock if it is free, and says whether it did.
        holder: who has it, in words.
        wait: seconds to wait.
        tell: told once that somebody else is at work.
        give_up: makes the error for when the wait is over, from the holder's words.

    Raises:
        TaskError: what `give_up` made.
    """
    deadline = time.monotonic() + wait
    pause = _FIRST_PAUSE
    told = False
    while not attempt():
        words = holder()
        left = deadline - time.monotonic()
        if left <= 0:
            raise give_up(words)
        if not told:
            tell(f"Waiting for {words}")
            told = True
        time.sleep(min(left, pause * (0.5 + os.urandom(1)[0] / 512)))  # so that waiters do not march in step
        pause = min(pause * 2, _LONGEST_PAUSE)


def take_file_lock(descriptor: int) -> bool:
    """Lock an open file if nobody else has; the kernel lets go when its holder dies, however it dies."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
