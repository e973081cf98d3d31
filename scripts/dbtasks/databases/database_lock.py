"""Wait for the lock of a database, whatever the lock is."""

from collections.abc import Callable

from dbtasks.errors import BusyError
from dbtasks.lock_wait import wait_for_turn


def wait_for_lock(
    attempt: Callable[[], bool], holder: Callable[[], str], wait: float, tell: Callable[[str], None], what: str
) -> None:
    """Try to take the lock until it is ours; as `wait_for_turn`, with the lock in words for the error.

    Raises:
        BusyError: the wait is over.
    """

    def give_up(words: str) -> BusyError:
        return BusyError(
            f"Another task is at work on this database: {words}.",
            checked=[f"waited {wait:.0f} s for {what}"],
            hint="Wait for it, or stop it, then try again; a stopped task leaves nothing locked",
        )

    wait_for_turn(attempt, holder, wait, tell, give_up)
