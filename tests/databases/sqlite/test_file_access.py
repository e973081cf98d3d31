"""Who may read a database is who could read it before, whatever takes its name."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dbtasks.databases.protocol import About
from dbtasks.databases.sqlite import SqliteDatabase, file_access
from tests.fixtures.notes import LABEL, database_at, filled

MODES = [0o600, 0o640, 0o664]


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def about() -> About:
    return About("undo", "swap", datetime.now(UTC))


@pytest.fixture
def database(tmp_path: Path) -> SqliteDatabase:
    return filled(database_at(tmp_path / "a.db"), "old")


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize("mode", MODES)
def test_a_swap_leaves_the_mode_to_the_name_and_to_the_former_state(database: SqliteDatabase, mode: int) -> None:
    database.url.path.chmod(mode)

    with database.draft() as draft:
        draft.clone(database)
        kept = database.swap(draft, about(), label=LABEL)

    assert kept is not None
    assert (mode_of(database.url.path), mode_of(kept.url.path)) == (mode, mode)


def test_a_state_that_comes_back_has_the_mode_that_the_name_has_by_then(database: SqliteDatabase) -> None:
    kept = database.copy(about())
    database.url.path.chmod(0o600)

    database.swap(SqliteDatabase(kept.url), None, label=LABEL, belongings="state")

    assert mode_of(database.url.path) == 0o600


@pytest.mark.parametrize("mode", MODES)
def test_a_dropped_database_comes_back_with_its_mode(database: SqliteDatabase, mode: int) -> None:
    database.url.path.chmod(mode)
    kept = database.put_away(about())

    database.swap(SqliteDatabase(kept.url), None, label=LABEL, belongings="state")

    assert mode_of(database.url.path) == mode


@pytest.mark.parametrize("mode", MODES)
def test_a_copy_that_is_kept_may_be_read_by_those_who_may_read_the_database(
    database: SqliteDatabase, mode: int
) -> None:
    database.url.path.chmod(mode)

    assert mode_of(database.copy(about()).url.path) == mode


@pytest.mark.parametrize("made", ["created", "cloned", "loaded"])
def test_a_draft_can_be_read_by_its_owner_alone(tmp_path: Path, database: SqliteDatabase, made: str) -> None:
    export = tmp_path / "export.db"
    database.dump(export)

    with umask(0), database.draft() as draft:
        if made == "created":
            draft.create()
        elif made == "cloned":
            draft.clone(database)
        else:
            draft.load(export)
        assert mode_of(draft.url.path) == 0o600


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_database_has_the_mode_of_any_new_file_of_sqlite(tmp_path: Path, mask: int) -> None:
    with umask(mask):
        database_at(tmp_path / "a.db").create(LABEL)

    assert mode_of(tmp_path / "a.db") == 0o644 & ~mask


def test_without_hard_links_the_former_state_is_never_open_to_others(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    database.url.path.chmod(0o600)
    with umask(0), database.draft() as draft:
        draft.clone(database)
        kept = database.swap(draft, about(), label=LABEL)

    assert kept is not None
    assert mode_of(kept.url.path) == 0o600


def test_a_group_that_cannot_be_given_leaves_its_members_what_everybody_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for path in (old, new):
        path.touch(0o600)
    old.chmod(0o664)
    plain = Path.stat

    def of_another_group(self: Path, **more: bool) -> os.stat_result:
        found = plain(self, **more)
        return os.stat_result((*found[:5], found.st_gid + 1, *found[6:])) if self == old else found

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "stat", of_another_group)
    monkeypatch.setattr(os, "chown", refuse)

    file_access.give_access_of(old, to=new)

    assert mode_of(new) == 0o644


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give files away")
def test_a_swap_leaves_owner_and_group_to_the_name(database: SqliteDatabase) -> None:
    os.chown(database.url.path, 1234, 2345)
    database.url.path.chmod(0o640)

    with database.draft() as draft:
        draft.clone(database)
        database.swap(draft, None, label=LABEL)

    found = database.url.path.stat()
    assert (found.st_uid, found.st_gid, mode_of(database.url.path)) == (1234, 2345, 0o640)
