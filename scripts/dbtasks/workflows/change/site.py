"""A database that is open for one task: locked, permitted, and tidied."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace

from dbtasks import guard
from dbtasks.config import Settings
from dbtasks.copies.undo import UndoHistory
from dbtasks.databases.engines import open_changing
from dbtasks.databases.protocol import Beside, Changing, Draft, Kept, Label, Reading
from dbtasks.errors import DatabaseError, RefusedError
from dbtasks.events import Emit, NoUndo, SessionsEnded, Skipped, Waiting, Warned, ignore
from dbtasks.local_state import applied_texts, production_label
from dbtasks.workflows.change import left_overs


@dataclass(frozen=True)
class Task:
    """One command at work on one database.

    Args:
        settings: naming the database.
        name: the command, as its lock and its undo call it.
        emit: where events go.
        typed: the name of a protected database, typed in full (`--yes NAME`).
        no_way_back: the name of a database that is to be changed although no undo can be kept (`--no-way-back NAME`).
    """

    settings: Settings
    name: str
    emit: Emit = field(default=ignore, repr=False)
    typed: str = ""
    no_way_back: str = ""


class Site:
    """What a task has while it is at work; only this package uses the database itself.

    Args:
        task: the one at work.
        database: open and locked.
    """

    def __init__(self, task: Task, database: Changing) -> None:
        self.task = task
        self.settings = task.settings
        self.emit = task.emit
        self.left_overs = 0  # how many left-overs of stopped tasks were dropped when it was opened
        self._database = database
        self._verdict: guard.Verdict | None = None
        self._permitted = False

    def permit(self) -> None:
        """Ask the guard, once.

        Raises:
            RefusedError: it does not let this database be changed.
        """
        if not self._permitted:
            self._verdict = guard.permit(self.settings, self._database, self.task.name, self.task.typed)
            self._permitted = True
            if self._verdict.row == "a" and self._database.exists():
                self._restore_label()

    def _restore_label(self) -> None:
        """Let the database say again that it is production, so that all that is kept of it says so too."""
        label = production_label.read_label(self.settings, self._database)
        if label is not None and label.environment == "production" and self._database.label() != label:
            self._database.set_label(label)

    def tidy(self) -> None:
        """Put in order what stopped tasks left behind."""
        self.left_overs = self._database.tidy(lambda sentence: self.emit(Skipped(sentence)))
        self.settle()

    def settle(self) -> None:
        """Number the former states, and let each name be that of one copy."""
        left_overs.settle(self._database, self.emit)

    @property
    def reading(self) -> Reading:
        """The database, to look at."""
        return self._database

    @property
    def beside(self) -> Beside:
        """The database, for those who make and remove its templates."""
        return self._database

    @property
    def new_label(self) -> Label | None:
        """The label that the task gives the database; none to one that only its name, typed in full, has opened."""
        if self._verdict is None:
            self._verdict = guard.judge(self.settings, self._database)
        return guard.label_for(self.settings) if self._verdict.adopts else None

    @property
    def keeps_undo(self) -> bool:
        """Does the project keep former states?"""
        return self.settings.project.keep_undo > 0

    def read_history(self) -> UndoHistory:
        """The former states as they are now."""
        return UndoHistory(self._database.kept("undo"))

    def again(self) -> Beside:
        """The database once more, by a connection of its own, for another thread; this one holds the lock."""
        return open_changing(self.settings.url)

    def quietly(self) -> "Site":
        """The same, for work on a scratch database, which is nobody's news."""
        return Site(replace(self.task, emit=ignore), self._database)

    def draft(self) -> AbstractContextManager[Draft]:
        """A database to work on beside this one; gone at the end."""
        return self._database.draft()

    def clone_into(self, draft: Draft, source: Reading | None = None) -> None:
        """Let a draft hold what the database holds, and say whose sessions that ends; or what a relative holds.

        Which texts of its revisions were applied is known of the copy as well.
        """
        source = source or self._database
        if source is self._database:
            self.tell_of_sessions()
        draft.clone(source)
        applied_texts.carry_to_copy(self.settings.project, source, draft)

    def changing(self) -> Changing:
        """The database itself: for this package alone."""
        return self._database

    def drop(self, kept: Kept) -> bool:
        """Drop a copy; one that cannot be dropped, as with a subscription in it, is named and stays."""
        try:
            self._database.remove(kept)
        except DatabaseError as error:
            what = f"former state {kept.about.number}" if kept.about.kind == "undo" else kept.about.kind
            self.emit(Skipped(f"{what} could not be dropped: {error.message}"))
            return False
        return True

    def tell_of_no_undo(self) -> None:
        """Say that the project keeps no former states, where one would be kept otherwise."""
        self.emit(NoUndo("keep-undo is 0 in [tool.dbtasks]"))

    def tell_of_sessions(self) -> None:
        """Say whose sessions are about to be ended."""
        sessions = self._database.sessions()
        if sessions:
            self.emit(SessionsEnded(self._database.place, sessions))


@contextmanager
def open_site(task: Task, *, ask: bool = True, wait: float | None = None) -> Iterator[Site]:
    """Open the settings' database for a task.

    Args:
        task: the one that is going to work.
        ask: ask the guard; a task that looks only, or that asks later with better knowledge, does not.
        wait: seconds to wait for another task; `lock-wait` where that is not said.

    Yields:
        What the task works with; the lock is held until the end.

    Raises:
        RefusedError: the guard does not let this database be changed, or it is a relative of another one.
        BusyError: another task did not finish in time.
    """
    emit = task.emit
    database = open_changing(
        task.settings.url,
        when_waiting=lambda holder: emit(Waiting(holder)),
        warn=lambda sentence: emit(Warned(sentence)),
    )
    _refuse_relative(task, database)
    patience = task.settings.project.lock_wait if wait is None else wait
    with database.lock(task.name, patience):
        site = Site(task, database)
        if ask:
            site.permit()
        site.tidy()
        yield site


def _refuse_relative(task: Task, database: Changing) -> None:
    """Refuse a draft or a kept state, which is a way back of another database.

    Raises:
        RefusedError: it is one.
    """
    owner = database.owner()
    if owner:
        raise RefusedError(
            f"{task.name} refused: {database.place} is a draft or a kept state of {owner}. Nothing was changed.",
            hint=f"Let DATABASE_URL name {owner}; then nox -s db_undo -- --list   shows what is kept of it",
        )
