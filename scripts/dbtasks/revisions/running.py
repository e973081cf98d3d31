"""Run the history on a database, step by step, and say where and why a step failed."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import RevisionStep
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from dbtasks.config import Settings
from dbtasks.errors import MigrationError, TaskError
from dbtasks.revisions.reading import message_of
from dbtasks.revisions.scripts import at_home, configuration

_LOGGER = "alembic.runtime.migration"  # says "Running <step>" just before each step


@dataclass(frozen=True)
class Step:
    """One revision being applied or taken back."""

    revision: str
    message: str
    up: bool
    file: Path


Report = Callable[[Step], None]


def upgrade(settings: Settings, target: str, report: Report) -> list[Step]:
    """Upgrade the settings' database.

    Args:
        settings: naming the database.
        target: a revision, `head` or `heads`.
        report: called before each step.

    Returns:
        The steps that were done; none when it was there already.

    Raises:
        MigrationError: a revision failed; it names the revision, the file and the line.
    """
    return _run(settings, report, lambda config: command.upgrade(config, target))


def downgrade(settings: Settings, target: str, report: Report) -> list[Step]:
    """Downgrade the settings' database; arguments and errors as for `upgrade`."""
    return _run(settings, report, lambda config: command.downgrade(config, target))


def stamp(settings: Settings, target: str) -> None:
    """Write a revision into alembic_version without running anything.

    Raises:
        MigrationError: there is no such revision, or the database did not take it.
    """
    _run(settings, lambda _: None, lambda config: command.stamp(config, target, purge=True))


def sql(settings: Settings, target: str, *, up: bool = True) -> str:
    """The SQL of an upgrade or downgrade, without a database.

    Args:
        settings: naming the engine whose SQL is wanted.
        target: a revision, or a range `FROM:TO` (needed to go down).
        up: which way.

    Raises:
        MigrationError: a revision reads from the database, or the range is none.
    """
    output = StringIO()

    def write(config: Config) -> None:
        (command.upgrade if up else command.downgrade)(config, target, sql=True)

    _run(settings, lambda _: None, write, output)
    return output.getvalue()


def _run(
    settings: Settings, report: Report, work: Callable[[Config], None], output: StringIO | None = None
) -> list[Step]:
    steps: list[Step] = []

    def note(step: Step) -> None:
        steps.append(step)
        report(step)

    with at_home(settings), _listening(note):
        try:
            work(configuration(settings, output))
        except TaskError:
            raise
        except Exception as error:
            raise _explained(error, steps[-1] if steps else None, settings) from error
    return steps


class _Listener(logging.Handler):
    def __init__(self, note: Report) -> None:
        super().__init__(logging.INFO)
        self._note = note

    def emit(self, record: logging.LogRecord) -> None:
        for step in record.args or ():
            if isinstance(step, RevisionStep):
                script = step.revision
                self._note(Step(script.revision, message_of(script), step.is_upgrade, Path(script.path)))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 (logging's own signature)
        raise  # noqa: PLE0704 (called by logging inside its except block; an error of ours is a bug to be seen)


@contextmanager
def _listening(note: Report) -> Iterator[None]:
    logger = logging.getLogger(_LOGGER)
    before = logger.level, logger.propagate, logger.disabled
    listener = _Listener(note)
    logger.addHandler(listener)
    logger.setLevel(logging.INFO)
    logger.propagate = logger.disabled = False
    try:
        yield
    finally:
        logger.removeHandler(listener)
        logger.setLevel(before[0])
        logger.propagate, logger.disabled = before[1:]


def _explained(error: Exception, step: Step | None, settings: Settings) -> MigrationError:
    """One message for whatever a run can raise: Alembic, the database, or the code of a revision."""
    reason = str(error.orig if isinstance(error, DBAPIError) and error.orig else error).strip()
    kind = "" if isinstance(error, CommandError) else f"{type(error).__name__}: "
    if step is None:
        return MigrationError(
            f"Alembic could not start: {kind}{reason}",
            checked=[f"database {settings.url}"],
            hint="nox -s db_status",
        )
    way = "upgrade" if step.up else "downgrade"
    return MigrationError(
        f"The {way} of revision {step.revision} ({step.message}) failed: {kind}{reason}",
        checked=[_line(error, step.file), "the database stands where the revision found it"],
        hint=f"Mend the revision, then: nox -s {'migrate' if step.up else 'downgrade'}",
    )


def _line(error: Exception, file: Path) -> str:
    """The line of the revision's own file that was running."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == file]
    return f"{file}:{frames[-1].lineno}: {frames[-1].line}" if frames else str(file)
