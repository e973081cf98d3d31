"""Drop former states beyond `keep-undo` and `keep-undo-bytes`, and those that would take too much of the disk."""

from dbtasks import guard
from dbtasks.copies.undo import UndoHistory
from dbtasks.events import Skipped, UndoDropped
from dbtasks.workflows.change.site import Site

_SHARE = 0.5  # of the disk's free space, counted as if no former state were kept


def hold_to_limits(site: Site, history: UndoHistory) -> None:
    """Drop what is over a limit, those that matter least first, as `UndoHistory.expendable` orders them."""
    project = site.settings.project
    states = history.states
    free = site.reading.free_space() if len(states) > 1 else None
    taken = sum(state.size for state in states)
    budget = None if free is None else (free + taken) * _SHARE
    left = len(states)
    for state in history.expendable():
        if left > project.keep_undo:
            limit = "keep-undo in [tool.dbtasks] is the limit"
        elif taken > project.keep_undo_bytes:
            limit = "keep-undo-bytes in [tool.dbtasks] is the limit"
        elif budget is not None and taken > budget:
            limit = "the former states together took more than half of what is free on the disk"
        else:
            return
        if guard.is_of_production(state) and guard.judge(site.settings, site.reading).row != "a":
            site.emit(Skipped(f"state {state.about.number} is over a limit, and is of a production database; it stays"))
            continue
        if not site.drop(state):
            continue  # the task has done its work
        site.emit(UndoDropped(state, limit))
        left -= 1
        taken -= state.size
