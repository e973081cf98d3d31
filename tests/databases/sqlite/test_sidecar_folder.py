"""D12: nothing of anyone else's is touched through the sidecar folder, and symbolic links are not followed."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dbtasks.databases.protocol import About
from dbtasks.databases.sqlite import SqliteDatabase
from dbtasks.errors import DatabaseError
from tests.fixtures.notes import LABEL, database_at, filled, text_in
from tests.state_machine.example import run_git

NOW = datetime.now(UTC)


def about(title: str = "test", *, number: int = 0, made: datetime = NOW) -> About:
    return About("undo", title, made, number=number)


@pytest.fixture
def database(tmp_path: Path) -> SqliteDatabase:
    return filled(database_at(tmp_path / "a.db"), "old")


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A folder of somebody else that looks like a kept relative and like a folder of drafts."""
    folder = tmp_path / "foreign"
    folder.mkdir()
    for name in ("database.sqlite3", "draft.sqlite3", "about.json", "1-1.json"):
        (folder / name).write_text('{"kind": "undo", "title": "x", "made": "2026-01-01", "revisions": [], "facts": {}}')
    return folder


def listing(folder: Path) -> list[tuple[str, bytes]]:
    return sorted((str(path), path.read_bytes()) for path in folder.rglob("*") if path.is_file())


def test_the_order_is_by_number_and_not_by_clock(database: SqliteDatabase) -> None:
    for number, title in enumerate(("one", "two", "three"), start=1):
        database.copy(about(title, number=number, made=NOW - timedelta(days=number)))
    database.copy(about("template"))

    assert [kept.about.title for kept in database.kept()] == ["three", "two", "one", "template"]
    assert [kept.about.number for kept in database.kept()] == [3, 2, 1, 0]
    first = database.kept()[2]
    database.describe(first, replace(first.about, number=9))
    assert database.kept()[0].about.number == 9


@pytest.mark.parametrize("name", ["kept", "drafts", "notes", "kept/one", "drafts/one.sqlite3", "notes/1-1.json"])
def test_a_symbolic_link_inside_is_named_and_not_followed(database: SqliteDatabase, foreign: Path, name: str) -> None:
    link = database.url.path.with_name(".a.db.dbtasks") / name
    if link.is_dir():
        for file in link.iterdir():
            file.unlink()
        link.rmdir()
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(foreign / "draft.sqlite3" if link.suffix else foreign)
    before = listing(foreign)
    skipped: list[str] = []

    count = database.tidy(skipped.append)

    assert (count, database.kept(), link.is_symlink()) == (0, [], True)
    assert listing(foreign) == before
    assert [str(link) in words and "symbolic link" in words for words in skipped] == [True]


@pytest.mark.parametrize("name", ["kept", "drafts", "notes"])
def test_nothing_is_made_through_a_symbolic_link(database: SqliteDatabase, foreign: Path, name: str) -> None:
    folder = database.url.path.with_name(".a.db.dbtasks")
    if (folder / name).is_dir():
        (folder / name).rename(folder.with_name(name))
    (folder / name).symlink_to(foreign)
    before = listing(foreign)

    with pytest.raises(DatabaseError, match="symbolic link"):
        database.copy(about())

    assert listing(foreign) == before
    assert text_in(database) == "old"


def test_a_sidecar_folder_that_is_a_symbolic_link_is_not_used(tmp_path: Path) -> None:
    other = filled(database_at(tmp_path / "b.db"), "other")
    other.copy(about())
    database = database_at(tmp_path / "a.db")
    with closing(sqlite3.connect(database.url.path)) as connection:
        connection.execute("CREATE TABLE note (text)")
    (tmp_path / ".a.db.dbtasks").symlink_to(tmp_path / ".b.db.dbtasks")
    before = listing(tmp_path / ".b.db.dbtasks")
    skipped: list[str] = []

    assert (database.kept(), database.label(), database.branch(), database.tidy(skipped.append)) == ([], None, "", 0)
    assert len(skipped) == 1
    for refused in (
        lambda: database.set_label(LABEL),
        lambda: database.lock("test", 1).__enter__(),
        lambda: database.draft().__enter__(),
        lambda: database.put_away(about()),
    ):
        with pytest.raises(DatabaseError, match="symbolic link"):
            refused()
    assert listing(tmp_path / ".b.db.dbtasks") == before


def test_a_kept_state_whose_database_is_a_symbolic_link_is_none(database: SqliteDatabase, foreign: Path) -> None:
    kept = database.copy(about())
    kept.url.path.unlink()
    kept.url.path.symlink_to(foreign / "database.sqlite3")
    before = listing(foreign)
    skipped: list[str] = []

    assert (database.kept(), database.tidy(skipped.append), len(skipped)) == ([], 0, 1)
    assert listing(foreign) == before


def test_what_somebody_put_into_a_kept_folder_stays(database: SqliteDatabase) -> None:
    kept = database.copy(about())
    theirs = kept.url.path.with_name("theirs.txt")
    theirs.write_text("mine")

    database.remove(kept)

    skipped: list[str] = []
    assert (database.kept(), database.tidy(skipped.append)) == ([], 0)
    assert (theirs.read_text(), len(skipped)) == ("mine", 1)


def test_only_relatives_are_removed_or_swapped_in(database: SqliteDatabase, tmp_path: Path) -> None:
    other = filled(database_at(tmp_path / "b.db"), "other")
    kept = other.copy(about())

    with pytest.raises(DatabaseError, match="not of dbtasks"):
        database.remove(replace(kept, url=other.url))
    for url in (other.url, kept.url):
        with pytest.raises(DatabaseError, match="not of dbtasks"):
            database.swap(SqliteDatabase(url), about(), label=LABEL)

    assert (text_in(database), text_in(other), len(other.kept())) == ("old", "other", 1)


def test_a_foreign_file_among_the_drafts_stays(tmp_path: Path) -> None:
    database = filled(database_at(tmp_path / "books.db"), "mine")
    with database.lock("test", 1), database.draft() as draft:
        foreign = draft.url.path.with_name("mine.sqlite3")
        foreign.write_text("mine")

    said: list[str] = []
    with database.lock("test", 1):
        database.tidy(said.append)

    assert (foreign.read_text(), [str(foreign) in sentence for sentence in said]) == ("mine", [True])


@pytest.mark.parametrize("left", [0, 50, 5000])
def test_a_state_that_lost_content_is_named_and_not_offered(tmp_path: Path, left: int) -> None:
    database = filled(database_at(tmp_path / "books.db"), "mine")
    with database.lock("test", 1):
        kept = database.copy(replace(about(), revisions=("a1",)))
    kept.url.path.write_bytes(kept.url.path.read_bytes()[:left])

    assert database.kept() == []
    assert [str(kept.url.path) in sentence for sentence in database.damaged()] == [True]


def test_a_state_that_may_not_be_read_is_named_and_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = filled(database_at(tmp_path / "books.db"), "mine")
    with database.lock("test", 1):
        first, second = database.copy(about("first")), database.copy(about("second"))
    opens = Path.open

    def refuse(path: Path, *arguments: Any, **options: Any) -> Any:
        if path == first.url.path:
            raise PermissionError(13, "Permission denied")
        return opens(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)

    assert database.kept() == [second]
    assert [str(first.url.path) in sentence for sentence in database.damaged()] == [True]


def test_git_takes_no_copy_of_a_database_with_it(tmp_path: Path) -> None:
    database = filled(database_at(tmp_path / "a.db"), "old")
    with database.draft() as draft:
        filled(database_at(draft.url.path), "new")
        assert database.swap(draft, about(), label=LABEL)
    run_git(tmp_path, "init", "--quiet")

    run_git(tmp_path, "add", "--all")

    assert run_git(tmp_path, "ls-files").split() == ["a.db"]
