import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dbtasks.databases.protocol import About
from dbtasks.databases.sqlite import SqliteDatabase, swap
from dbtasks.errors import DatabaseError
from tests.fixtures.notes import LABEL, database_at, filled, text_in

WRITE_AND_DIE = """
import sqlite3, os
connection = sqlite3.connect("a.db")
connection.execute("UPDATE note SET text = 'late'")
connection.commit()
os._exit(9)
"""
READ_AND_STAY = """
import sqlite3, time
connection = sqlite3.connect("a.db")
connection.execute("BEGIN")
connection.execute("SELECT * FROM note").fetchall()
print("ready", flush=True)
time.sleep(60)
"""
NAMES = ("plain.db", "with space.db", "quote'\".db", "per%cent.db", "ünï.db", "ques?tion#.db", "-- drop.db")


def about(title: str = "test") -> About:
    return About("undo", title, datetime.now(UTC), ("r1",), {"why": "ünï"})


@pytest.fixture(params=NAMES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> SqliteDatabase:
    return database_at(tmp_path / request.param)


def test_create_makes_an_empty_labelled_database(database: SqliteDatabase) -> None:
    assert not database.exists()

    database.create(LABEL)

    assert database.exists()
    assert (database.label(), database.rows(), database.current()) == (LABEL, {}, ())
    with pytest.raises(DatabaseError):
        database.create(LABEL)


def test_swap_without_an_old_one_keeps_nothing(database: SqliteDatabase) -> None:
    with database.draft() as draft:
        filled(database_at(draft.url.path), "new")
        kept = database.swap(draft, about(), label=LABEL)

    assert (kept, database.kept(), text_in(database)) == (None, [], "new")


@pytest.mark.parametrize("wal", [False, True])
def test_swap_carries_over_the_journal_mode_and_leaves_no_side_files(tmp_path: Path, wal: bool) -> None:
    database = filled(database_at(tmp_path / "a.db"), "old", wal=wal)
    with database.draft() as draft:
        filled(database_at(draft.url.path), "new")
        database.swap(draft, about(), label=LABEL)

    assert sorted(path.name for path in tmp_path.iterdir()) == [".a.db.dbtasks", "a.db"]
    with closing(sqlite3.connect(database.url.path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == ("wal" if wal else "delete")


def test_rows_that_are_only_in_the_write_ahead_log_are_kept(tmp_path: Path) -> None:
    database = filled(database_at(tmp_path / "a.db"), "old", wal=True)
    subprocess.run([sys.executable, "-c", WRITE_AND_DIE], cwd=tmp_path, check=False)
    assert (tmp_path / "a.db-wal").stat().st_size > 0

    with database.draft() as draft:
        filled(database_at(draft.url.path), "new")
        kept = database.swap(draft, about(), label=LABEL)

    assert kept is not None
    assert (text_in(database), text_in(database_at(kept.url.path))) == ("new", "late")


def test_a_database_in_use_is_not_swapped_away_and_the_user_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swap, "BUSY_SECONDS", 0.1)  # who uses it will not go away
    database = filled(database_at(tmp_path / "a.db"), "old", wal=True)
    with subprocess.Popen([sys.executable, "-c", READ_AND_STAY], cwd=tmp_path, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        try:
            with database.draft() as draft, pytest.raises(DatabaseError) as refused:
                filled(database_at(draft.url.path), "new")
                database.swap(draft, about(), label=LABEL)
        finally:
            child.kill()

    assert f"process {child.pid}" in " ".join(refused.value.checked)
    assert text_in(database) == "old"
    assert (database.kept(), database.tidy()) == ([], 0)


def test_a_swap_keeps_the_old_and_an_undo_swaps_it_back(database: SqliteDatabase) -> None:
    filled(database, "old")
    with database.draft() as draft:
        filled(database_at(draft.url.path), "new")
        kept = database.swap(draft, about("reset"), label=LABEL)
    assert kept is not None
    assert (text_in(database), text_in(database_at(kept.url.path))) == ("new", "old")
    assert [state.about for state in database.kept()] == [kept.about]

    redo = database.swap(database_at(kept.url.path), about("undo"), label=LABEL)

    assert text_in(database) == "old"
    assert [state.about.title for state in database.kept()] == ["undo"]
    assert redo is not None
    assert text_in(database_at(redo.url.path)) == "new"


def test_put_away_leaves_none_under_the_name(database: SqliteDatabase) -> None:
    filled(database, "old")

    kept = database.put_away(about())

    assert not database.exists()
    assert text_in(database_at(kept.url.path)) == "old"
    database.remove(kept)
    assert database.kept() == []


@pytest.mark.parametrize("wal", [False, True])
def test_a_clone_is_the_same_and_independent(tmp_path: Path, wal: bool) -> None:
    database = filled(database_at(tmp_path / "a.db"), "old", wal=wal)
    with database.draft() as draft:
        draft.clone(database)
        clone = database_at(draft.url.path)
        with closing(sqlite3.connect(clone.url.path)) as connection:
            connection.execute("UPDATE note SET text = 'clone'")
            connection.commit()

        assert (text_in(database), text_in(clone)) == ("old", "clone")
        assert clone.label() is None


def test_what_a_killed_task_left_is_tidied_and_nothing_else(database: SqliteDatabase) -> None:
    filled(database, "old")
    draft = database._sidecar.new_draft()
    draft.write_bytes(b"half")
    draft.with_name(draft.name + "-journal").write_bytes(b"half")
    database._sidecar.add(about())  # killed before the link
    database._sidecar.add(about()).hardlink_to(database.url.path)  # killed between the link and the rename
    with database.draft() as other:
        other.clone(database)
        kept = database.keep(other, about("kept"))

    assert database.tidy() == 3
    assert database.kept() == [kept]
    assert (text_in(database), database.tidy()) == ("old", 0)


def test_a_hot_journal_is_rolled_back_before_the_swap(tmp_path: Path) -> None:
    database = filled(database_at(tmp_path / "a.db"), "old")
    crash = (
        "import sqlite3, os; c = sqlite3.connect('a.db'); c.execute('PRAGMA cache_size = 1'); c.execute('BEGIN');"
        "c.execute(\"UPDATE note SET text = 'half'\");"
        "c.executemany('INSERT INTO note VALUES (?)', [('x' * 3000,)] * 200); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", crash], cwd=tmp_path, check=False)
    assert (tmp_path / "a.db-journal").exists()

    with database.draft() as draft:
        filled(database_at(draft.url.path), "new")
        kept = database.swap(draft, about(), label=LABEL)

    assert kept is not None
    assert (text_in(database), text_in(database_at(kept.url.path))) == ("new", "old")


def test_reading_a_missing_database_does_not_make_it(tmp_path: Path) -> None:
    database = database_at(tmp_path / "a.db")

    with pytest.raises(DatabaseError, match="cannot be opened"):
        database.rows()

    assert list(tmp_path.iterdir()) == []
