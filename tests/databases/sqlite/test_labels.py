"""S4, G5: labels and branches are notes about exactly one file, and leave its header alone."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dbtasks.databases.protocol import About, Belongings, Environment, Label
from dbtasks.databases.sqlite import SqliteDatabase
from dbtasks.errors import DatabaseError
from tests.fixtures.notes import database_at, filled, text_in

ENVIRONMENTS: tuple[Environment, ...] = ("development", "test", "production")
DEVELOPMENT, TEST, PRODUCTION = (Label(environment, "books") for environment in ENVIRONMENTS)


def about(title: str = "test") -> About:
    return About("undo", title, datetime.now(UTC))


def application_id(path: Path, value: int | None = None) -> int:
    with closing(sqlite3.connect(path)) as connection:
        if value is not None:
            connection.execute(f"PRAGMA application_id = {value}")
        return int(connection.execute("PRAGMA application_id").fetchone()[0])


@pytest.fixture
def database(tmp_path: Path) -> SqliteDatabase:
    return filled(database_at(tmp_path / "a.db"), "old")


def swapped(database: SqliteDatabase, text: str = "new", keep: About | None = None) -> None:
    with database.draft() as draft:
        draft.create()
        filled(database_at(draft.url.path), text)
        database.swap(draft, keep, label=DEVELOPMENT)


def test_the_aim_is_the_file(database: SqliteDatabase) -> None:
    found = database.url.path.stat()
    with database.aim() as aim:
        assert (aim.device, aim.inode) == (found.st_dev, found.st_ino)
    assert database.identity().startswith(f"{found.st_dev}:{found.st_ino}:")
    with pytest.raises(DatabaseError, match="no such file"):
        database_at(database.url.path.with_name("b.db")).identity()


@pytest.mark.parametrize("label", [DEVELOPMENT, TEST, PRODUCTION])
def test_a_label_leaves_the_application_id_of_another_program_alone(database: SqliteDatabase, label: Label) -> None:
    application_id(database.url.path, 1234)

    database.set_label(label)
    swapped(database, keep=about())

    assert database.label() == label
    assert [application_id(kept.url.path) for kept in database.kept()] == [1234]
    database.set_label(TEST)
    assert database.label() == TEST


@pytest.mark.parametrize("label", [DEVELOPMENT, TEST, PRODUCTION])
def test_a_label_that_came_with_a_copy_counts_as_none(database: SqliteDatabase, tmp_path: Path, label: Label) -> None:
    database.set_label(label)
    database.dump(tmp_path / "dumped.db")
    shutil.copy2(database.url.path, tmp_path / "copied.db")
    loaded = database_at(tmp_path / "loaded.db")
    with loaded.draft() as draft:
        draft.load(database.url.path)
        loaded.swap(draft, None, label=None)

    for name in ("dumped.db", "copied.db", "loaded.db"):
        copy = database_at(tmp_path / name)
        with copy.lock("test", 1):
            assert copy.label() is None


@pytest.mark.parametrize("label", [DEVELOPMENT, TEST])
def test_a_label_does_not_count_for_another_file_under_the_path(
    database: SqliteDatabase, tmp_path: Path, label: Label
) -> None:
    database.set_label(label)
    database.set_branch("main")
    database.url.path.unlink()
    with closing(sqlite3.connect(database.url.path)) as connection:  # gets the inode of the one that is gone
        connection.execute("CREATE TABLE note (text)")

    assert (database.label(), database.branch()) == (None, "")
    other = tmp_path / "other.db"
    shutil.copy2(database.url.path, other)
    other.replace(database.url.path)
    assert (database.label(), database.branch()) == (None, "")


def test_a_production_label_stays_with_the_path_until_it_is_changed(database: SqliteDatabase) -> None:
    database.set_label(PRODUCTION)
    database.url.path.unlink()
    filled(database, "other")

    assert database.label() == PRODUCTION
    database.put_away(about())
    filled(database, "third")
    assert database.label() == PRODUCTION
    database.set_label(DEVELOPMENT)
    assert database.label() == DEVELOPMENT
    swapped(database)
    assert database.label() == DEVELOPMENT


@pytest.mark.parametrize("belongings", ["name", "state"])
def test_belongings_are_those_of_the_name_or_of_the_state(database: SqliteDatabase, belongings: Belongings) -> None:
    database.set_label(TEST)
    database.set_branch("one")
    kept = database.copy(about("copy"))
    database.set_label(DEVELOPMENT)
    database.set_branch("two")

    undone = database.swap(database_at(kept.url.path), about("undo"), label=PRODUCTION, belongings=belongings)

    expected = (DEVELOPMENT, "two") if belongings == "name" else (TEST, "one")
    assert (database.label(), database.branch()) == expected
    assert undone is not None
    old = database_at(undone.url.path)
    assert (old.label(), old.branch()) == (DEVELOPMENT, "two")


def test_a_state_without_a_label_takes_the_label_away(tmp_path: Path) -> None:
    # U4: an undo also removes the label that was not there.
    database = database_at(tmp_path / "a.db")
    with closing(sqlite3.connect(database.url.path)) as connection:
        connection.execute("CREATE TABLE note (text)")
    kept = database.copy(about())
    database.set_label(DEVELOPMENT)

    database.swap(database_at(kept.url.path), about(), label=TEST, belongings="state")

    assert database.label() is None


def test_the_label_given_counts_only_where_there_is_none(tmp_path: Path) -> None:
    database = database_at(tmp_path / "a.db")
    swapped(database, "first")
    assert database.label() == DEVELOPMENT
    database.set_label(TEST)
    swapped(database, "second")
    assert (database.label(), text_in(database)) == (TEST, "second")


def test_a_swap_notes_the_branch_that_it_is_given(database: SqliteDatabase) -> None:
    database.set_branch("one")
    with database.draft() as draft:
        draft.clone(database)
        kept = database.swap(draft, about(), label=DEVELOPMENT, branch="two")

    assert kept is not None
    assert (database.branch(), database_at(kept.url.path).branch()) == ("two", "one")
    swapped(database, "third")
    assert database.branch() == "two"


def test_put_away_takes_label_and_branch_along(database: SqliteDatabase) -> None:
    database.set_label(TEST)
    database.set_branch("one")

    kept = database.put_away(about())
    database.swap(database_at(kept.url.path), None, label=DEVELOPMENT, belongings="state")

    assert (database.label(), database.branch(), text_in(database)) == (TEST, "one", "old")


def test_notes_about_files_that_are_gone_are_tidied(database: SqliteDatabase) -> None:
    kept = database.copy(about())
    folder = database.url.path.with_name(".a.db.dbtasks") / "notes"
    assert len(list(folder.iterdir())) == 2
    kept.url.path.unlink()
    (folder / "1-1.json").write_text("{}")

    database.tidy()

    assert len(list(folder.iterdir())) == 1
    database.url.path.unlink()
    database.tidy()
    assert list(folder.iterdir()) == []


def test_a_new_file_never_meets_the_log_of_one_that_is_gone(tmp_path: Path) -> None:
    database = database_at(tmp_path / "a.db")
    old = filled(database_at(tmp_path / "b.db"), "old", wal=True)
    with closing(sqlite3.connect(old.url.path)) as connection:
        connection.execute("UPDATE note SET text = 'late'")
        connection.commit()
        (tmp_path / "a.db-wal").write_bytes((tmp_path / "b.db-wal").read_bytes())

    swapped(database)

    assert text_in(database) == "new"


@pytest.mark.parametrize("way", [Path.rename, lambda old, new: new.hardlink_to(old)], ids=["moved", "linked"])
def test_a_label_follows_its_file_to_another_name_in_the_folder(
    tmp_path: Path, way: Callable[[Path, Path], object]
) -> None:  # invariant 3b
    database = filled(database_at(tmp_path / "a.db"), "mine")
    database.set_label(Label("production", "shop"))
    other = tmp_path / "b.db"

    way(database.url.path, other)

    assert database_at(other).label() == Label("production", "shop")
    assert shutil.copy(other, tmp_path / "c.db")
    assert database_at(tmp_path / "c.db").label() is None
