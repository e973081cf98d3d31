"""Expected failures: what happened, what was checked, and the exact next command.

A class owns the exit code of its cause, so that no caller has to know the numbers. The idea of an
exception that carries its own remedies is pytest-postgresql's.
"""

from collections.abc import Sequence

DIFFERS = 4  # the exit code of a task that did not fail, and whose answer is that things differ
OUT_OF_REACH = 5  # of db_status, where the server or the database cannot be read
ON_A_COPY = "nothing was changed: this ran on a copy of the database"  # the last line of what failed on a draft


class TaskError(Exception):
    """A failure that was foreseen and is told in one short message, without a traceback.

    Args:
        message: what happened, as one sentence.
        hint: what to do next, preferably the exact command.
        checked: what was looked at before giving up, one line each.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", checked: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.checked = tuple(checked)


class UsageError(TaskError):
    """The command was typed in a way that cannot be carried out."""

    exit_code = 2


class ConfigError(TaskError):
    """The configuration cannot be used; every problem found is listed."""

    exit_code = 2


class RefusedError(TaskError):
    """The guard will not let this database be changed."""

    exit_code = 3


class DatabaseError(TaskError):
    """The database, its file or its server did not do what was asked."""


class DamagedError(DatabaseError):
    """What is stored cannot be read any more, whoever tries."""


class BusyError(DatabaseError):
    """Another task holds the lock on this database."""


class MigrationError(TaskError):
    """A revision could not be found, run or written."""


class HistoryError(MigrationError):
    """The history, or Alembic's configuration, cannot be read; what needs no history goes on working."""


class LossError(MigrationError):
    """What was taken for an addition would take something away; it was rolled back."""


class WrongDatabaseError(MigrationError):
    """The project's code connected to another database than the one that it was aimed at."""

    exit_code = 3


class ServerError(TaskError):
    """The PostgreSQL server, its container or the Docker engine is not usable."""


class ProcessError(TaskError):
    """A program that the task needs failed."""


def shorten(found: Sequence[str], most: int) -> list[str]:
    """As many of a list as fit into a message, and how many more there are."""
    more = len(found) - most
    return [*found[:most], *([f"and {more} more"] if more > 0 else [])]
