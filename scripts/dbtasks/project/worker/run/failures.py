"""What a failed run means: which revision, which line, why, where the database stands, and the ways on."""

import re
import traceback
from collections.abc import Sequence
from pathlib import Path

from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from ...messages.failures import WorkerError, WorkerStepError
from ...messages.values import Step, WorkerSettings
from .environment import Attempt
from .lock_timeouts import is_lock_failure

_POSTGRES_INSTEAD = "or work on PostgreSQL:  nox -s db_switch -- postgres"
# The revision is not to blame, so that mending it would be wrong advice.
_SERVER_LOST = "nox -s db_up, then the same command again; nox -s db_logs tells why"
# What SQLite's ALTER TABLE cannot do, by the SQL that Alembic made of the operation.
_BEYOND_SQLITE = (
    (r"ALTER TABLE .* ALTER COLUMN ", "change a column in place (alter_column)"),
    (r"ALTER TABLE .* (ADD|DROP) CONSTRAINT ", "add or drop a constraint of a table that is there"),
    (r"COMMENT ON ", "keep comments on tables or columns"),
    (
        r"ALTER TABLE .* ADD COLUMN (?!.* DEFAULT ).* NOT NULL",
        "add a NOT NULL column without a default (server_default)",
    ),
    (r"ALTER TABLE .* ADD COLUMN .* DEFAULT (\(|CURRENT_)", "add a column whose default is not a constant"),
)


def explain(
    error: BaseException, attempt: Attempt, settings: WorkerSettings, blockers: Sequence[str] = ()
) -> WorkerError:
    """One message for whatever a run can raise: Alembic, the database, or the code of a revision."""
    reason = _reason(error, settings, partly_committed=attempt.partly_committed)
    step = attempt.step
    if step is None:
        return WorkerError(
            "migration",
            reason if isinstance(error, WorkerError) else f"Alembic could not start: {reason}",
            checked=[f"database {settings.place}"],
            hint="nox -s db_status",
        )
    place = _place(error, step.file)
    checked = [place, *(error.checked if isinstance(error, WorkerError) else ()), *blockers]
    way = "upgrade" if step.up else "downgrade"
    failure = WorkerStepError(
        f"The {way} of revision {step.revision} ({step.message}) failed: {reason}",
        step=step, reason=reason, checked=checked, hint=_hint(error, step, settings),
    )  # fmt: skip
    failure.partly_committed = attempt.partly_committed
    return failure


def _reason(error: BaseException, settings: WorkerSettings, *, partly_committed: bool) -> str:
    limit = _beyond_sqlite(error, settings)
    if limit:
        return f"SQLite cannot {limit}"
    if is_lock_failure(error) and not partly_committed:
        return f"no lock was to be had in {settings.lock_retries + 1} attempts of {settings.lock_timeout:g} s"
    if isinstance(error, DBAPIError) and error.orig:
        return f"{type(error).__name__}: {_one_line(error.orig)}"
    if isinstance(error, CommandError | RevisionError | WorkerError):
        return _one_line(error)
    if isinstance(error, SystemExit):
        return f"it ended the program (SystemExit: {_one_line(error)})"
    return f"{type(error).__name__}: {_one_line(error)}"


def _hint(error: BaseException, step: Step, settings: WorkerSettings) -> str:
    if _beyond_sqlite(error, settings):
        return f"Use op.batch_alter_table() in the revision, then: nox -s migrate    {_POSTGRES_INSTEAD}"
    if is_lock_failure(error):
        return f"When they are done: nox -s {'migrate' if step.up else 'downgrade'}"
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _SERVER_LOST
    if settings.is_draft:
        return f"Mend the revision's {'upgrade' if step.up else 'downgrade'}(), then run the same command again"
    if not step.up:
        return "Mend the revision's downgrade(), then run the same command again"
    return "Mend the revision, then: nox -s migrate"


def _beyond_sqlite(error: BaseException, settings: WorkerSettings) -> str:
    """Which of SQLite's limits an error is; empty for all others.

    Alembic raises NotImplementedError in its SQLite module for what it knows to be impossible; the rest
    is SQL that SQLite does not understand, and we have that SQL.
    """
    if settings.engine != "sqlite":
        return ""
    if isinstance(error, NotImplementedError):
        frames = traceback.extract_tb(error.__traceback__)
        is_alembics = bool(frames) and Path(frames[-1].filename).parts[-3:] == ("alembic", "ddl", "sqlite.py")
        return "add or drop a constraint of a table that is there" if is_alembics else ""
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlite_errorname", "") == "SQLITE_ERROR":
        statement = " ".join((error.statement or "").split())
        return next((limit for pattern, limit in _BEYOND_SQLITE if re.match(pattern, statement, re.IGNORECASE)), "")
    return ""


def _place(error: BaseException, file: Path) -> str:
    """The line of the revision's own file that was running."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == file]
    return f"{file}:{frames[-1].lineno}: {frames[-1].line}" if frames else str(file)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
