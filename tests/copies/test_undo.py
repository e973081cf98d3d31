"""The history of former states: a model of undo and redo, driven from lists."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from dbtasks.copies import undo
from dbtasks.copies.undo import Role, UndoHistory
from dbtasks.databases.protocol import Kept
from dbtasks.urls import parse_url

START = datetime(2026, 11, 24, tzinfo=UTC)


def state(number: int, task: str = "db_reset", role: Role = "undo", *, redone: bool = False, hour: int = 0) -> Kept:
    about = undo.about(task, ("a1",), number, role, redone=redone)
    url = parse_url(f"sqlite:///{number}-{role}-{hour}.db", base=Path("/states"))
    return Kept(url, about.__class__(**{**vars(about), "made": START + timedelta(hours=hour)}), 100)


def numbers(states: list[Kept]) -> list[int]:
    return [one.about.number for one in states]


def test_undo_goes_to_the_state_with_the_highest_number_whatever_the_clock_says() -> None:  # U3
    history = UndoHistory([state(1, hour=9), state(3, hour=1), state(2, hour=5)])

    assert history.undo is not None
    assert (history.undo.about.number, history.next_number) == (3, 4)


def test_states_of_the_version_before_have_no_number_and_are_ordered_by_time() -> None:
    history = UndoHistory([state(0, hour=1), state(0, hour=3), state(0, hour=2)])

    assert history.undo is not None
    assert history.undo.about.made == START + timedelta(hours=3)


def test_redo_goes_to_what_the_last_undo_replaced() -> None:
    history = UndoHistory([state(1), state(3, "db_undo", "redo"), state(4, "db_undo", "redo")])

    assert history.redo is not None
    assert history.redo.about.number == 4


def test_something_new_sets_the_redo_line_aside_and_a_redo_does_not() -> None:
    old = state(3, "db_undo", "redo")

    assert UndoHistory([old, state(5, "db_undo --redo", redone=True)]).redo == old
    history = UndoHistory([old, state(5)])
    assert (history.redo, history.stale(), history.find(3)) == (None, [old], old)


def test_a_role_that_only_older_versions_know_is_that_of_an_undo() -> None:
    old = state(2, "downgrade", "pending")  # type: ignore[arg-type]  # as such a version wrote it

    assert UndoHistory([state(1), old]).undo == old


def test_a_limit_takes_what_migrate_and_redo_left_before_the_rest_and_never_the_next_undo() -> None:
    states = [
        state(1),
        state(2, "migrate"),
        state(3, "db_drop"),
        state(4, "db_undo", "aside"),  # what was in use before an undo is as precious as what a reset replaced
        state(5, "db_undo --redo", redone=True),
        state(6),
    ]

    assert numbers(list(UndoHistory(states).expendable())) == [2, 5, 1, 3, 4]


def test_a_limit_never_takes_what_was_in_use_a_moment_ago() -> None:
    history = UndoHistory([state(1), state(2), state(3, "db_undo", "redo")])

    assert numbers(list(history.expendable())) == [1]
