"""The one way to the project's code: typed requests, typed answers, and nothing of Alembic's in between.

Import it in the branch that needs it: alembic and SQLAlchemy cost a third of a second, and a cached
reset needs neither.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from dbtasks.config import Settings, child_environment
from dbtasks.databases.engines import open_database
from dbtasks.errors import (
    DatabaseError,
    HistoryError,
    LossError,
    MigrationError,
    TaskError,
    UsageError,
    WrongDatabaseError,
)
from dbtasks.project import aim
from dbtasks.project.failures import StepError
from dbtasks.project.messages import requests
from dbtasks.project.messages.failures import Kind, WorkerError, WorkerStepError
from dbtasks.project.messages.requests import Request
from dbtasks.project.messages.values import (
    NO_DATABASE,
    Differences,
    InvalidIndex,
    Review,
    Revision,
    RevisionRequest,
    Run,
    Step,
    TakeBack,
    WorkerSettings,
    WrittenRevision,
)
from dbtasks.project.worker import answers

Answer = TypeVar("Answer")
Report = Callable[[Step], None]
Tell = Callable[[str], None]

_ERRORS: dict[Kind, type[TaskError]] = {
    "usage": UsageError,
    "history": HistoryError,
    "migration": MigrationError,
    "database": DatabaseError,
    "wrong database": WrongDatabaseError,
    "loss": LossError,
}


def read_history(settings: Settings) -> tuple[Revision, ...]:
    """The revisions of the checkout, children before parents.

    Raises:
        HistoryError: a file of it cannot be loaded, or the graph is broken.
    """
    return _ask(requests.ReadHistory(_worker_settings(settings), None))


def script_folder(settings: Settings) -> Path:
    """The folder of env.py.

    Raises:
        HistoryError: alembic.ini names none.
    """
    return _ask(requests.FindScriptFolder(_worker_settings(settings), None))


def version_folders(settings: Settings) -> tuple[Path, ...]:
    """Where the files of the project's history are.

    Raises:
        HistoryError: alembic.ini names none.
    """
    return _ask(requests.FindVersionFolders(_worker_settings(settings), None))


def resolve(settings: Settings, target: str) -> str:
    """The full id of a revision named by its beginning, by `head`, or by `base`; several with commas between.

    Raises:
        UsageError: there is no such revision, or more than one.
    """
    return _ask(requests.Resolve(_worker_settings(settings), None, target))


def upgrade(
    settings: Settings, target: str, report: Report, tell: Tell = lambda _: None, *, only_additions: bool = False
) -> list[Step]:
    """Upgrade the settings' database.

    Args:
        settings: naming the database.
        target: a revision, `head` or `heads`.
        report: called before each step.
        tell: told of everything else that is worth a line, as of a lock that has to be waited for.
        only_additions: stop, with the revision rolled back, where a statement does more than add.

    Returns:
        The steps that were done; none when it was there already.

    Raises:
        MigrationError: a revision failed; it names the revision, the file and the line.
        LossError: one does more than add.
        WrongDatabaseError: env.py does not connect to the settings' database.
    """
    with aim.hold_aim(settings) as aimed:
        request = requests.Upgrade(_worker_settings(settings), aimed, target, only_additions)
        return _run(settings, request, report, tell)


def downgrade(settings: Settings, target: str, report: Report, tell: Tell = lambda _: None) -> list[Step]:
    """Downgrade the settings' database; arguments and errors as for `upgrade`."""
    with aim.hold_aim(settings) as aimed:
        return _run(settings, requests.Downgrade(_worker_settings(settings), aimed, target), report, tell)


def take_back(settings: Settings, wanted: TakeBack, report: Report, tell: Tell = lambda _: None) -> list[Step]:
    """Downgrade what the checkout lacks, with its archived texts; arguments and errors as for `upgrade`."""
    with aim.hold_aim(settings) as aimed:
        return _run(settings, requests.TakeBackForeign(_worker_settings(settings), aimed, wanted), report, tell)


def sql(settings: Settings, target: str, *, up: bool = True) -> str:
    """The SQL of an upgrade or downgrade, without a database.

    Args:
        settings: naming the engine whose SQL is wanted.
        target: a revision, or a range `FROM:TO` (needed to go down).
        up: which way.

    Raises:
        MigrationError: a revision reads from the database, or the range is none.
    """
    return _ask(requests.WriteSql(_worker_settings(settings), NO_DATABASE, target, up))


def stamp(settings: Settings, target: str) -> None:
    """Write a revision into alembic_version without running anything.

    Raises:
        MigrationError: there is no such revision, or the database did not take it.
        WrongDatabaseError: env.py does not connect to the settings' database.
    """
    with aim.hold_aim(settings) as aimed:
        wanted = _ask(requests.Stamp(_worker_settings(settings), aimed, target))
    aim.require_standing(settings, tuple(name for name in wanted.split(",") if name != "base"))


def difference(settings: Settings) -> Differences:
    """Compare the models with the settings' database, which stands at head.

    Raises:
        MigrationError: env.py gives no models, or could not be run.
        WrongDatabaseError: env.py does not connect to the settings' database.
    """
    with aim.hold_aim(settings) as aimed:
        return _ask(requests.Compare(_worker_settings(settings), aimed))


def differences(settings: Settings, expected: Settings) -> Sequence[str]:
    """What one database has and another has not: tables, and the columns of tables that both have.

    Raises:
        DatabaseError: one of them cannot be read.
    """
    return _ask(requests.CompareNames(_worker_settings(settings), None, _worker_settings(expected)))


def write_revision(settings: Settings, wanted: RevisionRequest) -> WrittenRevision:
    """Write a revision that works, or nothing; a schema revision wants a scratch database at head.

    Raises:
        MigrationError: it could not be written, or does not run.
        UsageError: a rename that was typed is none.
        WrongDatabaseError: env.py does not connect to the settings' database.
    """
    if wanted.kind != "schema" and not open_database(settings.url).exists():
        return _ask(requests.WriteRevision(_worker_settings(settings), NO_DATABASE, wanted))
    with aim.hold_aim(settings) as aimed:
        return _ask(requests.WriteRevision(_worker_settings(settings), aimed, wanted))


def review(settings: Settings, file: Path) -> Review:
    """The SQL of a new revision for PostgreSQL, without a database."""
    return _ask(requests.ReviewRevision(_worker_settings(settings), NO_DATABASE, file))


def invalid_indexes(settings: Settings) -> Sequence[InvalidIndex]:
    """The indexes that a failed build left behind; none on SQLite, which builds them in its transaction.

    Raises:
        DatabaseError: the database cannot be asked.
    """
    return _ask(requests.FindInvalidIndexes(_worker_settings(settings), None))


def drop_invalid_of(settings: Settings, sources: Sequence[Path]) -> Sequence[InvalidIndex]:
    """Drop the unfinished indexes that the revisions in these files are going to build; the others stay.

    Raises:
        DatabaseError: the database did not do it.
    """
    return _ask(requests.DropInvalidIndexes(_worker_settings(settings), None, tuple(sources)))


def _worker_settings(settings: Settings) -> WorkerSettings:
    project = settings.project
    return WorkerSettings(
        project.root, project.alembic_ini, settings.url.render(), project.url_variable, str(settings.url),
        settings.url.engine, project.lock_timeout, project.lock_retries, settings.is_draft,
        child_environment(settings),
    )  # fmt: skip


def _run(settings: Settings, request: Request[Run], report: Report, tell: Tell) -> list[Step]:
    """Run a part of the history; say where the database stands when it fails, and ask when it does not."""
    try:
        done = _ask(request, report, tell)
    except StepError as error:
        aim.add_standing(settings, error)
        raise
    aim.require_standing(settings, done.heads)
    return list(done.steps)


def _ask(request: Request[Answer], report: Report = lambda _: None, tell: Tell = lambda _: None) -> Answer:
    """Let the worker carry out a request.

    Raises:
        TaskError: of the kind that the worker names.
    """
    try:
        return answers.answer(request, answers.Listener(report, tell))
    except WorkerStepError as error:
        failed = StepError(error.message, step=error.step, reason=error.reason, checked=error.checked, hint=error.hint)
        failed.partly_committed = error.partly_committed
        raise failed from error
    except WorkerError as error:
        raise _ERRORS[error.kind](error.message, checked=error.checked, hint=error.hint) from error
