"""Upgrade the project's own database: what is kept first, what is shown meanwhile, what is noted afterwards."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.copies import undo
from dbtasks.databases import Database, Kept
from dbtasks.local_state import last_failure
from dbtasks.views import terminal

if TYPE_CHECKING:
    from dbtasks.project.session import Report, Revision, Step

_MOST_LINES = 20


def upgrade(
    settings: Settings, database: Database, target: str, going: Sequence["Revision"]
) -> "tuple[int, Kept | None]":
    """Upgrade a database in place; its lock is held.

    Args:
        settings: naming it.
        database: the one to change.
        target: where to go.
        going: the revisions that will be run.

    Returns:
        How many revisions were run, and the former state if something in it is destroyed.

    Raises:
        MigrationError: a revision failed; the database stands before it.
    """
    from dbtasks.project import session

    before = database.current()
    kept = _kept_before_a_loss(settings, database, going) if before else None
    for index in session.drop_invalid_of(settings, [revision.file for revision in going]):
        console.note(f"Dropped the INVALID index {index.name} on {index.table}, to build it again")
    try:
        with shown() as report:
            steps = session.upgrade(settings, target, report, console.note)
    except BaseException as error:
        standing = database.current()
        if isinstance(error, session.StepError):
            last_failure.remember(settings, error, standing)
            _tell_of_invalid_indexes(settings)
        if kept is not None and standing == before:
            database.remove(kept)  # nothing was changed
        raise
    last_failure.forget(settings)
    if kept is not None:
        undo.trim(database, settings)
    return len(steps), kept


@contextmanager
def shown() -> "Iterator[Report]":
    """A line for each step; a bar in a terminal where there would be too many lines."""
    with ExitStack() as stack:
        bars: list[console.Progress] = []

        def report(step: "Step") -> None:
            if step.total <= _MOST_LINES or not sys.stderr.isatty():
                terminal.step(step)
                return
            if not bars:
                bars.append(stack.enter_context(console.progress("Migrating", step.total)))
            bars[0].advance(title=f"{step.revision} {step.message}")

        yield report


def _kept_before_a_loss(settings: Settings, database: Database, going: "Sequence[Revision]") -> Kept | None:
    """Keep a copy where the revisions drop tables or columns that may hold something."""
    from dbtasks.project import session

    losses = [f"{revision.id}: {what}" for revision in going for what in session.destroyed(revision.file)]
    if not losses or not any(database.rows().values()):
        return None
    if guard.judge(settings, database).protected:
        console.note(f"No undo is kept of a protected database, and this drops: {'; '.join(losses)}")
        return None
    limit = settings.project.keep_undo_bytes
    if database.size() > limit:
        console.warn(
            f"No undo: the database is larger than {terminal.size(limit)} (keep-undo-bytes), and this drops: "
            + "; ".join(losses)
        )
        return None
    console.note(f"Keeping an undo first, since this drops: {'; '.join(losses)}")
    database.tidy()
    return undo.keep_copy(database, "migrate")


def _tell_of_invalid_indexes(settings: Settings) -> None:
    from dbtasks.project import session

    for index in session.invalid_indexes(settings):
        console.warn(f"{index.sentence()}, or let the next nox -s migrate do it and build the index again")
