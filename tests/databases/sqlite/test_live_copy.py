"""D1: a copy is one moment of a database, whoever writes to it meanwhile."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dbtasks.databases.protocol import About
from dbtasks.databases.sqlite import SqliteDatabase, live_copy
from dbtasks.errors import DatabaseError
from tests.fixtures.notes import LABEL, database_at, filled, text_in
from tests.fixtures.sqlite_writers import counting, make_wide, numbers_in

LEAVE_A_LOG = """
import sqlite3, os, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("CREATE TABLE IF NOT EXISTS entry (number)")
connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
connection.executemany("INSERT INTO entry VALUES (?)", [(number,) for number in range(1000)])
connection.commit()
os._exit(9)
"""


_watchers: list[list[str]] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        for watcher in _watchers:
            watcher.append(str(arguments[0]))


sys.addaudithook(_watch)  # there is no way to take one away, so it looks for who wants to know


@contextmanager
def opened_files() -> Iterator[list[str]]:
    """What Python opens meanwhile; SQLite opens its files by itself."""
    found: list[str] = []
    _watchers.append(found)
    yield found
    _watchers.remove(found)


def clone(database: SqliteDatabase, _folder: Path) -> Path:
    with database.draft() as draft:
        draft.clone(database)
        return database.keep(draft, About("snapshot", "clone", datetime.now(UTC))).url.path


def copy(database: SqliteDatabase, _folder: Path) -> Path:
    return database.copy(About("undo", "copy", datetime.now(UTC))).url.path


def dump(database: SqliteDatabase, folder: Path) -> Path:
    file = folder / f"{len(list(folder.iterdir()))}.sqlite3"
    database.dump(file)
    return file


def load(database: SqliteDatabase, folder: Path) -> Path:
    other = database_at(folder / f"{len(list(folder.iterdir()))}.db")
    with other.draft() as draft:
        draft.load(database.url.path)
        return other.keep(draft, About("snapshot", "load", datetime.now(UTC))).url.path


@pytest.mark.parametrize("make", [clone, copy, dump, load])
@pytest.mark.parametrize("wal", [False, True])
def test_a_copy_is_one_moment_while_a_program_writes(
    tmp_path: Path, make: Callable[[SqliteDatabase, Path], Path], wal: bool
) -> None:
    database = database_at(tmp_path / "a.db")
    make_wide(database.url.path, wal=wal)

    with counting(database.url.path):
        copies = [make(database, tmp_path) for _ in range(4)]

    assert [len(numbers_in(path)) for path in copies] == [1, 1, 1, 1]
    assert len(numbers_in(database.url.path)) == 1


def test_a_file_with_a_write_ahead_log_beside_it_brings_its_rows_and_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "export.sqlite3"
    subprocess.run([sys.executable, "-c", LEAVE_A_LOG, str(file)], check=False)
    log = file.with_name("export.sqlite3-wal")
    before = (file.read_bytes(), log.read_bytes())
    database = database_at(tmp_path / "a.db")

    with database.draft() as draft:
        draft.load(file)
        rows = draft.rows()

    assert rows == {"entry": 1000}
    assert (file.read_bytes(), log.read_bytes()) == before


def test_a_file_that_a_program_has_open_brings_the_rows_of_its_write_ahead_log(tmp_path: Path) -> None:
    file = tmp_path / "export.sqlite3"
    subprocess.run([sys.executable, "-c", LEAVE_A_LOG, str(file)], check=False)
    database = database_at(tmp_path / "a.db")

    with closing(sqlite3.connect(file)) as program, database.draft() as draft:
        assert program.execute("SELECT count(*) FROM entry").fetchone() == (1000,)
        draft.load(file)

        assert draft.rows() == {"entry": 1000}


def test_a_file_that_is_no_database_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    file = tmp_path / "export.sqlite3"
    file.write_bytes(b"no database at all" * 100)
    database = database_at(tmp_path / "a.db")

    with database.draft() as draft, pytest.raises(DatabaseError, match="is no export of SQLite"):
        draft.load(file)

    assert (file.exists(), draft.url.path.exists()) == (True, False)


def test_a_copy_waits_for_a_lock_and_gives_up_at_the_busy_timeout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dbtasks.databases.sqlite.connection.BUSY_SECONDS", 0.2)
    monkeypatch.setattr(live_copy, "BUSY_SECONDS", 0.2)
    database = filled(database_at(tmp_path / "a.db"), "old")

    with closing(sqlite3.connect(database.url.path, isolation_level=None)) as other, database.draft() as draft:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseError, match="in use by another program"):
            draft.clone(database)
        assert not draft.url.path.exists()
        other.execute("ROLLBACK")
        draft.clone(database)

        assert text_in(database_at(draft.url.path)) == "old"


def test_a_copy_drops_no_lock_of_a_connection_in_this_process(tmp_path: Path) -> None:
    database = filled(database_at(tmp_path / "a.db"), "old")
    write = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"

    with closing(sqlite3.connect(database.url.path, isolation_level=None)) as ours:
        ours.execute("BEGIN IMMEDIATE")
        database.copy(About("undo", "copy", datetime.now(UTC)))
        database.identity()
        database.label()
        done = subprocess.run(
            [sys.executable, "-c", write, str(database.url.path)], check=False, capture_output=True, text=True
        )

    assert "database is locked" in done.stderr


@pytest.mark.parametrize("wal", [False, True])
def test_nothing_opens_the_live_file_but_sqlite(tmp_path: Path, wal: bool) -> None:
    # Closing a descriptor of one's own drops every lock that this process has on the file, SQLite's too.
    database = filled(database_at(tmp_path / "a.db"), "old", wal=wal)

    with opened_files() as opened:
        database.copy(About("undo", "copy", datetime.now(UTC)))
        database.dump(tmp_path / "file.sqlite3")
        with database.draft() as draft:
            draft.clone(database)
            database.swap(draft, About("undo", "swap", datetime.now(UTC)), label=LABEL)
        database.set_label(LABEL)
        database.content()

    assert opened
    assert str(database.url.path) not in opened


def test_a_clone_of_a_kept_relative_brings_a_log_that_somebody_left_beside_it(tmp_path: Path) -> None:
    database = filled(database_at(tmp_path / "a.db"), "old")
    kept = database.copy(About("template", "t", datetime.now(UTC)))
    subprocess.run([sys.executable, "-c", LEAVE_A_LOG, str(kept.url.path)], check=False)

    with database.draft() as draft:
        draft.clone(database_at(kept.url.path))
        rows = draft.rows()

    assert rows == {"entry": 1000, "note": 1}
