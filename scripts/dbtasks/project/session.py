"""The one way to the project's code: typed requests, typed answers, and nothing of Alembic's in between.

Import it in the branch that needs it: alembic and SQLAlchemy cost a third of a second, and a cached
reset needs neither.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dbtasks.config import Settings
from dbtasks.databases.engines import open_database
from dbtasks.project import aim
from dbtasks.project.failures import StepError
from dbtasks.project.messages.values import (
    NO_DATABASE,
    Differences,
    Review,
    Revision,
    RevisionRequest,
    Run,
    Step,
    TakeBack,
    WrittenRevision,
)
from dbtasks.project.worker import history
from dbtasks.project.worker.compare import differences as comparison
from dbtasks.project.worker.compare.schema_names import differences
from dbtasks.project.worker.generate import files
from dbtasks.project.worker.generate import review as reviewing
from dbtasks.project.worker.history import resolve, script_folder
from dbtasks.project.worker.run import aim as worker_aim
from dbtasks.project.worker.run import archived_downgrade, steps
from dbtasks.project.worker.run.invalid_indexes import drop_invalid_of, invalid_indexes
from dbtasks.project.worker.scripts import version_folders

__all__ = [
    "differences",
    "drop_invalid_of",
    "invalid_indexes",
    "resolve",
    "script_folder",
    "version_folders",
]

Report = Callable[[Step], None]
Tell = Callable[[str], None]


def read_history(settings: Settings) -> tuple[Revision, ...]:
    """The revisions of the checkout, children before parents.

    Raises:
        HistoryError: a file of it cannot be loaded, or the graph is broken.
    """
    return history.read(settings)


def upgrade(settings: Settings, target: str, report: Report, tell: Tell = lambda _: None) -> list[Step]:
    """Upgrade the settings' database.

    Args:
        settings: naming the database.
        target: a revision, `head` or `heads`.
        report: called before each step.
        tell: told of everything else that is worth a line, as of a lock that has to be waited for.

    Returns:
        The steps that were done; none when it was there already.

    Raises:
        MigrationError: a revision failed; it names the revision, the file and the line.
        WrongDatabaseError: env.py does not connect to the settings' database.
    """
    return _run(settings, lambda: steps.run(settings, steps.Way(target, steps.plan_up), report, tell))


def downgrade(settings: Settings, target: str, report: Report, tell: Tell = lambda _: None) -> list[Step]:
    """Downgrade the settings' database; arguments and errors as for `upgrade`."""
    return _run(settings, lambda: steps.run(settings, steps.Way(target, steps.plan_down), report, tell))


def take_back(settings: Settings, wanted: TakeBack, report: Report, tell: Tell = lambda _: None) -> list[Step]:
    """Downgrade what the checkout lacks, with its archived texts; arguments and errors as for `upgrade`."""
    return _run(settings, lambda: archived_downgrade.take_back(settings, wanted, report, tell))


def sql(settings: Settings, target: str, *, up: bool = True) -> str:
    """The SQL of an upgrade or downgrade, without a database; see `run.steps`."""
    with worker_aim.only(NO_DATABASE):
        return steps.sql(settings, target, up=up)


def stamp(settings: Settings, target: str) -> None:
    """Write a revision into alembic_version without running anything.

    Raises:
        MigrationError: there is no such revision, or the database did not take it.
        WrongDatabaseError: env.py does not connect to the settings' database.
    """
    with _only(settings):
        steps.stamp(settings, target)
        wanted = resolve(settings, target)
        aim.require_standing(settings, tuple(name for name in wanted.split(",") if name != "base"))


def difference(settings: Settings) -> Differences:
    """Compare the models with the settings' database, which stands at head.

    Raises:
        MigrationError: env.py gives no models, or could not be run.
        WrongDatabaseError: env.py does not connect to the settings' database.
    """
    with _only(settings):
        found = comparison.difference(settings)
        return Differences(tuple(found.told()), found.tables)


def write_revision(settings: Settings, request: RevisionRequest) -> WrittenRevision:
    """Write a revision that works, or nothing; a schema revision wants a scratch database at head.

    Raises:
        MigrationError: it could not be written, or does not run.
        UsageError: a rename that was typed is none.
        WrongDatabaseError: env.py does not connect to the settings' database.
    """
    is_compared = request.kind == "schema" or open_database(settings.url).exists()
    with _only(settings) if is_compared else worker_aim.only(NO_DATABASE):
        return files.write(settings, request)


def review(settings: Settings, file: Path) -> Review:
    """The SQL of a new revision, without a database; see `generate.review`."""
    with worker_aim.only(NO_DATABASE):
        return reviewing.review(settings, file)


@contextmanager
def _only(settings: Settings) -> Iterator[None]:
    """Let the project's code connect to the settings' database and to no other."""
    with aim.hold_aim(settings) as database, worker_aim.only(database):
        yield


def _run(settings: Settings, run: Callable[[], Run]) -> list[Step]:
    """Run a part of the history; say where the database stands when it fails, and ask when it does not."""
    try:
        with _only(settings):
            done = run()
    except StepError as error:
        aim.add_standing(settings, error)
        raise
    aim.require_standing(settings, done.heads)
    return list(done.steps)
