"""Change a copy of the database, which then takes its name; in place only what can lose nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from dbtasks.config import Settings
from dbtasks.copies import undo
from dbtasks.databases.protocol import Draft, Kept, Watch
from dbtasks.errors import DatabaseError, TaskError, shorten
from dbtasks.events import Remark, Warned
from dbtasks.workflows.change.replace import finish, next_state
from dbtasks.workflows.change.site import Site
from dbtasks.workflows.change.way_back import needs_way_back, no_way_back

Done = TypeVar("Done")
Work = Callable[[Settings], Done]
_MOST_LOSSES = 5


@dataclass(frozen=True)
class Changed(Generic[Done]):
    """What a change did.

    Args:
        done: what the work says of itself.
        kept: the former state; None where nothing could get lost, nothing changed, or no undo is wanted.
    """

    done: Done
    kept: Kept | None


def change_database(site: Site, losses: Sequence[str], work: Work[Done], *, compare: bool = False) -> Changed[Done]:
    """Change the database.

    Where anything could get lost the work is done on a copy, which takes the database's name only if it
    succeeded: whatever others write meanwhile is in the former state, and a kill leaves the old or the new.

    Args:
        site: open for the task.
        losses: every row, table, column or definition that could go or be overwritten, in words.
        work: makes the change, in the database that the settings it is given name.
        compare: whether the work may change nothing, or may miss the copy and change the database itself.

    Raises:
        RefusedError: something could get lost, and the guard forbids that or no way back can be kept.
    """
    if not needs_way_back(site, losses):
        return Changed(work(site.settings.without_way_back() if losses else site.settings), None)
    site.emit(Remark(f"Working on a copy, since something could be lost: {'; '.join(shorten(losses, _MOST_LOSSES))}"))
    with site.draft() as draft, site.changing().watch() as others:
        _clone(site, draft, losses)
        others.begin()
        untouched = draft.content() if compare else ""
        try:
            done = work(site.settings.on_draft(draft.url))
        except BaseException as error:  # Ctrl-C too
            if others.has_seen_writes():
                if isinstance(error, TaskError):
                    error.checked = (*error.checked, f"{site.reading.place} was written to meanwhile")
                if compare and draft.content() == untouched:
                    _keep_untouched(site, draft)
            raise
        if compare and draft.content() == untouched:  # the database stays, with what others wrote to it meanwhile
            return Changed(done, _keep_untouched(site, draft) if others.has_seen_writes() else None)
        return Changed(done, _swap_in(site, draft, others))


def _clone(site: Site, draft: Draft, losses: Sequence[str]) -> None:
    """Make the copy.

    Raises:
        RefusedError: it cannot be made, so there would be no way back.
    """
    try:
        site.clone_into(draft)
    except DatabaseError as error:
        raise no_way_back(site, error.message, losses) from error


def _swap_in(site: Site, draft: Draft, others: Watch) -> Kept | None:
    """Let the copy take the name; what others wrote to the old one meanwhile is in no other place from now on."""
    site.tell_of_sessions()
    if not site.keeps_undo:
        site.tell_of_no_undo()
    kept = site.changing().swap(draft, next_state(site, site.reading), label=site.new_label)
    if kept is None:
        return None
    if others.has_seen_writes(kept):
        kept = replace(kept, about=undo.written_to(kept.about))
        site.changing().describe(kept, kept.about)
        site.emit(
            Warned(
                f"{site.reading.place} was written to meanwhile. What others wrote is in its former state "
                f"{kept.about.number} alone: nox -s db_undo -- {kept.about.number}"
            )
        )
    elif not site.keeps_undo:
        site.drop(kept)
        return None
    return finish(site, kept)


def _keep_untouched(site: Site, draft: Draft) -> Kept | None:
    """Keep the copy as a former state: somebody, perhaps the work itself, wrote to the database and not to it."""
    if not site.keeps_undo:
        return None
    kept = finish(site, site.changing().keep(draft, next_state(site, draft)))
    site.emit(Warned(f"{site.reading.place} was written to meanwhile, and not the copy; its former state is kept"))
    return kept
