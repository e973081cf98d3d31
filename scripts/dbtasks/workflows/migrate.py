"""The way up and the way down: nothing else runs a revision."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from dbtasks.config import Settings
from dbtasks.databases.engines import open_database
from dbtasks.errors import LossError
from dbtasks.events import Emit, Remark, StepStarted, Warned
from dbtasks.local_state import last_failure
from dbtasks.local_state.last_failure import Stop
from dbtasks.workflows.change import Changed, Site, change_database
from dbtasks.workflows.checkout import archive_of

if TYPE_CHECKING:
    from dbtasks.project.failures import StepError
    from dbtasks.project.messages.values import Step
    from dbtasks.revisions.archive import Archive
    from dbtasks.revisions.divergence import Standing

Done = TypeVar("Done")


def bring_to_head(settings: Settings, emit: Emit, target: str = "head") -> int:
    """Run what a database lacks, each revision whole or not at all; how many were run.

    Args:
        settings: aimed at the database, a draft or the project's own.
        emit: where events go.
        target: where to go; a revision, or several with commas between.

    Raises:
        MigrationError: a revision failed, or the history has several heads.
    """
    from dbtasks.project import session

    before = _Archiving(settings, emit, _reporting(emit))
    # Several are given only where they are all the heads; Alembic does not take a list.
    wanted = "heads" if "," in target else target
    only_additions = not settings.may_lose
    return len(session.upgrade(settings, wanted, before, _telling(emit), only_additions=only_additions))


def take_back(settings: Settings, emit: Emit, target: str) -> int:
    """Take revisions of the checkout's history back, each whole or not at all; how many were taken back.

    Args:
        settings: aimed at the database, a draft or the project's own.
        emit: where events go.
        target: where to go.

    Raises:
        MigrationError: a revision failed.
    """
    from dbtasks.project import session

    return len(session.downgrade(settings, target, _reporting(emit), _telling(emit)))


def take_back_foreign(settings: Settings, emit: Emit, standing: "Standing") -> int:
    """Take back the revisions that this checkout lacks, with their archived texts; how many were taken back.

    Args:
        settings: aimed at a draft; what it goes through is not undone if a later step fails.
        emit: where events go.
        standing: how the database and the checkout disagree.

    Raises:
        MigrationError: a text is missing, says no way back, or failed.
    """
    from dbtasks.project import session

    return len(session.take_back(settings, standing.take_back(), _reporting(emit), _telling(emit)))


def change_by_revisions(site: Site, losses: Sequence[str], work: Callable[[Settings], Done]) -> Changed[Done]:
    """Run revisions on the project's database; those that only add run in place, each whole or not at all.

    Args:
        site: open for the task.
        losses: every row, table, column or definition that could go or be overwritten, in words.
        work: runs the revisions, on the database that the settings it is given are aimed at.

    Raises:
        MigrationError: a revision failed.
        RefusedError: something could get lost, and the guard forbids that or no way back can be kept.
    """
    from dbtasks.project.failures import StepError

    try:
        try:
            changed = change_database(site, losses, work)
        except LossError as found:  # what its source did not show; the revision was rolled back
            changed = change_database(site, [found.message], work)
    except StepError as error:
        _remember(site, error)
        tell_of_invalid_indexes(site)
        raise
    last_failure.forget(site.settings)
    return changed


def _remember(site: Site, error: "StepError") -> None:
    """Note where the run stopped, for db_status."""
    step, now = error.step, datetime.now(UTC).isoformat()
    stop = Stop(step.revision, step.message, error.place, error.reason, site.reading.current(), now)
    try:
        last_failure.remember(site.settings, stop)
    except OSError as problem:
        site.emit(Remark(f"Where it stopped cannot be noted: {problem}"))


def tell_of_invalid_indexes(site: Site) -> None:
    """Warn of indexes that a failed build left behind."""
    from dbtasks.project import session

    for index in session.invalid_indexes(site.settings):
        site.emit(Warned(f"{index.sentence()}, or let the next nox -s migrate do it and build the index again"))


class _Archiving:
    """Archives a source before it is applied, so that none is ever applied and not archived or not noted."""

    def __init__(self, settings: Settings, emit: Emit, report: "Callable[[Step], None]") -> None:
        self._settings = settings
        self._emit = emit
        self._report = report
        self._failed = False

    def __call__(self, step: "Step") -> None:
        try:
            if not self._failed:
                self._archive.keep_text(step.revision, step.file)
        except OSError as error:
            self._emit(Warned(f"The sources of revisions cannot be archived: {error}"))
            self._failed = True
        self._report(step)

    @cached_property
    def _archive(self) -> "Archive":
        return archive_of(self._settings, open_database(self._settings.url))


def _reporting(emit: Emit) -> "Callable[[Step], None]":
    return lambda step: emit(StepStarted(step.revision, step.message, step.up, step.number, step.total))


def _telling(emit: Emit) -> Callable[[str], None]:
    return lambda sentence: emit(Remark(sentence))
