"""The way up and the way down: nothing else runs a revision."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dbtasks.config import Settings
from dbtasks.events import Emit, Remark, StepStarted, Warned
from dbtasks.local_state import interrupted_step, last_failure
from dbtasks.local_state.interrupted_step import InterruptedStep
from dbtasks.local_state.last_failure import Stop
from dbtasks.revisions.archive import Archive
from dbtasks.revisions.autocommit import commits_on_the_way
from dbtasks.workflows.change import Site, about_old, replace_with_kept

if TYPE_CHECKING:
    from dbtasks.project.failures import StepError
    from dbtasks.project.messages import Step
    from dbtasks.revisions.divergence import Standing

Watch = Callable[["Step"], None]


def bring_to_head(settings: Settings, emit: Emit, target: str = "head", *, watch: Watch | None = None) -> int:
    """Run what a database lacks, each revision whole or not at all; how many were run.

    Args:
        settings: aimed at the database, a draft or the project's own.
        emit: where events go.
        target: where to go.
        watch: told of each step before it begins, for a database whose steps must not go unnoticed.

    Raises:
        MigrationError: a revision failed, or the history has several heads.
    """
    from dbtasks.project import session

    before = _Archiving(settings, emit, _reporting(emit, watch))
    return len(session.upgrade(settings, target, before, _telling(emit)))


def take_back(settings: Settings, emit: Emit, target: str, *, watch: Watch | None = None) -> int:
    """Take revisions of the checkout's history back, each whole or not at all; how many were taken back.

    Args:
        settings: aimed at the database, a draft or the project's own.
        emit: where events go.
        target: where to go.
        watch: told of each step before it begins.

    Raises:
        MigrationError: a revision failed.
    """
    from dbtasks.project import session

    return len(session.downgrade(settings, target, _reporting(emit, watch), _telling(emit)))


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

    return len(session.take_back(settings, standing.take_back(), _reporting(emit, None), _telling(emit)))


def run_watched(site: Site, run: Callable[[Watch], int]) -> int:
    """Run revisions on the project's own database, so that a task killed inside one leaves a trace.

    Args:
        site: open for the task; a copy was made if one is needed.
        run: runs them, and tells the given function of each step before it begins.
    """
    from dbtasks.project.failures import StepError

    settings = site.settings

    def watch(step: "Step") -> None:
        interrupted_step.forget(settings)
        if commits_on_the_way(step.file):
            pending = site.history.pending
            number = pending[0].about.number if pending else 0
            note = InterruptedStep(step.revision, site.task.name, site.reading.current(), number)
            interrupted_step.remember(settings, note)

    try:
        count = run(watch)
    except BaseException as error:
        if isinstance(error, Exception):
            interrupted_step.forget(settings)  # what it left is told by its own message
        if isinstance(error, StepError):
            _remember(site, error)
            tell_of_invalid_indexes(site)
        raise
    interrupted_step.forget(settings)
    last_failure.forget(settings)
    return count


def _remember(site: Site, error: "StepError") -> None:
    """Note where the run stopped, for db_status."""
    step, now = error.step, datetime.now(UTC).isoformat()
    stop = Stop(step.revision, step.message, error.place, error.reason, site.reading.current(), now)
    try:
        last_failure.remember(site.settings, stop)
    except OSError as problem:
        site.emit(Remark(f"Where it stopped cannot be noted: {problem}"))


def mend_interrupted(site: Site, standing: Sequence[str]) -> None:
    """Bring back the copy that was made before a revision inside which a task was killed."""
    step = interrupted_step.recall(site.settings, standing)
    state = site.history.find(step.undo) if step else None
    if step is not None and state is not None:
        site.emit(Warned(f"{step.sentence()}: bringing back the copy that was made before it"))
        replace_with_kept(site, state, keep=about_old(site, "killed"))
    interrupted_step.forget(site.settings)


def tell_of_invalid_indexes(site: Site) -> None:
    """Warn of indexes that a failed build left behind."""
    from dbtasks.project import session

    for index in session.invalid_indexes(site.settings):
        site.emit(Warned(f"{index.sentence()}, or let the next nox -s migrate do it and build the index again"))


class _Archiving:
    """Archives a source before it is applied, so that none is ever applied and not archived."""

    def __init__(self, settings: Settings, emit: Emit, report: "Callable[[Step], None]") -> None:
        self._archive: Archive | None = Archive(settings.project)
        self._emit = emit
        self._report = report

    def __call__(self, step: "Step") -> None:
        try:
            if self._archive is not None:
                self._archive.keep_text(step.revision, step.file)
        except OSError as error:
            self._emit(Warned(f"The sources of revisions cannot be archived: {error}"))
            self._archive = None
        self._report(step)


def _reporting(emit: Emit, watch: Watch | None) -> "Callable[[Step], None]":
    def report(step: "Step") -> None:
        if watch is not None:
            watch(step)
        emit(StepStarted(step.revision, step.message, step.up, step.number, step.total))

    return report


def _telling(emit: Emit) -> Callable[[str], None]:
    return lambda sentence: emit(Remark(sentence))
