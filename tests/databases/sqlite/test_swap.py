"""D1: a swap loses no commit of a program that writes meanwhile, and leaves nothing of the old file to the new."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dbtasks.databases.protocol import About
from dbtasks.databases.sqlite import swap
from dbtasks.errors import DatabaseError
from tests.fixtures.notes import LABEL, database_at, filled, text_in
from tests.fixtures.sqlite_writers import appending


def test_a_task_that_is_stopped_right_after_the_swap_touches_no_log_of_the_new_file(tmp_path: Path) -> None:
    database = filled(database_at(tmp_path / "a.db"), "old", wal=True)
    other = filled(database_at(tmp_path / "b.db"), "new", wal=True)

    with pytest.raises(KeyboardInterrupt), swap.hold_still(database.url.path):
        other.url.path.replace(database.url.path)
        (tmp_path / "a.db-wal").write_bytes(b"of a program that has opened the new one by now")
        raise KeyboardInterrupt

    assert (tmp_path / "a.db-wal").read_bytes() == b"of a program that has opened the new one by now"


@pytest.mark.parametrize("wal", [False, True])
@pytest.mark.parametrize("reconnecting", [False, True])
def test_a_swap_loses_no_commit_of_a_program_that_writes_meanwhile(
    tmp_path: Path, wal: bool, reconnecting: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if wal and not reconnecting:
        monkeypatch.setattr(swap, "BUSY_SECONDS", 0.2)  # such a program never lets go
    database = database_at(tmp_path / "a.db")
    with closing(sqlite3.connect(database.url.path)) as connection:
        connection.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
        connection.execute("CREATE TABLE entry (number)")

    swaps = 0
    with appending(database.url.path, reconnecting=reconnecting) as told:
        for _ in range(3):
            with database.draft() as draft:
                draft.clone(database)  # and what is committed from here on is in the kept one alone
                try:
                    database.swap(draft, About("undo", "swap", datetime.now(UTC)), label=LABEL)
                    swaps += 1
                except DatabaseError as error:
                    assert "in use by another program" in error.message  # noqa: PT017 (the number of swaps is asserted below)

    places = [database.url.path, *(kept.url.path for kept in database.kept())]
    found: set[int] = set()
    for place in places:
        with closing(sqlite3.connect(place)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            found |= {number for (number,) in connection.execute("SELECT number FROM entry")}
    assert told
    assert set(told) - found == set()
    assert (swaps == 0) == (wal and not reconnecting)


@pytest.mark.parametrize("mode", ["DELETE", "TRUNCATE", "PERSIST", "MEMORY", "OFF"])
def test_a_write_to_the_old_file_after_the_swap_fails_or_is_in_the_kept_one(tmp_path: Path, mode: str) -> None:
    database = filled(database_at(tmp_path / "a.db"), "old")

    with closing(sqlite3.connect(database.url.path, isolation_level=None)) as other:
        other.execute(f"PRAGMA journal_mode = {mode}")
        other.execute("UPDATE note SET text = 'before'")
        with database.draft() as draft:
            filled(database_at(draft.url.path), "new")
            kept = database.swap(draft, About("undo", "swap", datetime.now(UTC)), label=LABEL)
        try:
            other.execute("UPDATE note SET text = 'after'")
            expected = "after"
        except sqlite3.OperationalError as error:
            assert error.sqlite_errorname == "SQLITE_READONLY_DBMOVED"  # noqa: PT017 (both outcomes are right)
            expected = "before"

    assert kept is not None
    assert (text_in(database), text_in(database_at(kept.url.path))) == ("new", expected)
    assert (expected == "after") == (mode in {"MEMORY", "OFF"})


def test_without_hard_links_a_swap_keeps_a_copy_and_holds_its_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = filled(database_at(tmp_path / "a.db"), "old")
    database.set_branch("main")

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    with database.draft() as draft:
        filled(database_at(draft.url.path), "new")
        kept = database.swap(draft, About("undo", "swap", datetime.now(UTC)), label=LABEL)

    assert kept is not None
    old = database_at(kept.url.path)
    assert (text_in(database), text_in(old), old.branch(), old.label()) == ("new", "old", "main", LABEL)
