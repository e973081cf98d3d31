"""What the version before left behind is found and understood."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dbtasks.databases.protocol import About, Label
from dbtasks.databases.sqlite import SqliteDatabase
from tests.fixtures.notes import database_at, text_in

STATES = Path(__file__).parents[2] / "fixtures" / "old_states" / "sqlite"
MAGIC = 0x6462_0000
DEVELOPMENT = Label("development", "")


@pytest.fixture
def old(tmp_path: Path) -> SqliteDatabase:
    shutil.copytree(STATES, tmp_path, dirs_exist_ok=True)
    return database_at(tmp_path / "books.db")


def application_id(path: Path, value: int | None = None) -> int:
    with closing(sqlite3.connect(path)) as connection:
        if value is not None:
            connection.execute(f"PRAGMA application_id = {value}")
        return int(connection.execute("PRAGMA application_id").fetchone()[0])


def test_kept_states_are_found_the_newest_first(old: SqliteDatabase) -> None:
    with old.lock("test", 1):
        assert old.tidy() == 0

    assert [(kept.about.kind, kept.about.title, kept.about.number) for kept in old.kept()] == [
        ("undo", "db_reset", 0),
        ("snapshot", "before the demo", 0),
    ]
    assert [text_in(database_at(kept.url.path)) for kept in old.kept()] == ["first", "first"]
    assert (text_in(old), old.current()) == ("second", ("a1",))


def test_states_that_are_kept_now_stand_before_them(old: SqliteDatabase) -> None:
    old.copy(About("undo", "now", datetime(2020, 1, 1, tzinfo=UTC), number=1))  # the clock was set back

    assert [kept.about.title for kept in old.kept()] == ["now", "db_reset", "before the demo"]
    assert [kept.about.number for kept in old.kept()] == [1, 0, 0]


def test_the_label_in_the_header_counts_until_it_is_noted(old: SqliteDatabase) -> None:
    with old.lock("test", 1):
        assert old.label() == DEVELOPMENT
        old.set_label(Label("test", "books"))

    assert (old.label(), application_id(old.url.path)) == (Label("test", "books"), 0)


def test_the_label_in_the_header_is_noted_as_soon_as_anything_is(old: SqliteDatabase) -> None:
    with old.draft() as draft:
        draft.create()  # which makes the folder for notes

        assert old.label() == DEVELOPMENT
    old.set_branch("main")
    assert (old.label(), old.branch()) == (DEVELOPMENT, "main")


def test_a_copy_has_no_label_although_one_is_in_its_header(old: SqliteDatabase, tmp_path: Path) -> None:
    shutil.copy2(old.url.path, tmp_path / "copy.db")
    copy = database_at(tmp_path / "copy.db")

    assert copy.label() is None
    with copy.lock("test", 1):
        assert copy.label() is None
    assert application_id(copy.url.path) == MAGIC


def test_production_in_a_header_counts_wherever_it_is(old: SqliteDatabase, tmp_path: Path) -> None:
    application_id(old.url.path, MAGIC + 2)
    shutil.copy2(old.url.path, tmp_path / "copy.db")

    for database in (old, database_at(tmp_path / "copy.db")):
        with database.lock("test", 1):
            assert database.label() == Label("production", "")
        database.set_label(DEVELOPMENT)
        assert (database.label(), application_id(database.url.path)) == (DEVELOPMENT, 0)


def test_an_old_state_comes_back_with_the_label_of_the_name(old: SqliteDatabase) -> None:
    undo = old.kept("undo")[0]

    redo = old.swap(database_at(undo.url.path), None, label=Label("test", ""), belongings="state")

    assert (redo, text_in(old), old.label()) == (None, "first", DEVELOPMENT)
    assert application_id(old.url.path) == 0


def test_a_label_in_the_header_is_no_content(old: SqliteDatabase) -> None:
    kept = old.copy(About("undo", "copy", datetime.now(UTC)))

    assert application_id(old.url.path) == MAGIC
    assert application_id(kept.url.path) == 0
    assert database_at(kept.url.path).content() == old.content()
