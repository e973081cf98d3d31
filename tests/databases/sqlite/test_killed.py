"""Killed or refused by the file system at any step, a change leaves the old or the new, whole."""

import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import pytest

from dbtasks.databases import About, Label
from dbtasks.databases.sqlite import SqliteDatabase
from dbtasks.databases.sqlite.connection import connected
from dbtasks.errors import DatabaseError
from tests.fixtures.notes import database_at, filled, text_in

DEVELOPMENT, TEST, PRODUCTION = Label("development", "books"), Label("test", "books"), Label("production", "books")
STEPS = ("open", "fsync", "replace", "rename", "link", "unlink", "mkdir", "rmdir")
DONE, KILLED = 0, 9
FROM_FORK = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # the child only touches files

Action = Callable[[SqliteDatabase], object]


def about(title: str, number: int) -> About:
    return About("undo", title, datetime(2026, 1, 1, tzinfo=UTC), number=number)


def prepare(folder: Path) -> SqliteDatabase:
    """A database with a label, a branch, a kept state with others, and what a killed task left."""
    folder.mkdir()
    database = database_at(folder / "a.db")
    database.create(TEST)
    filled(database, "kept")
    database.set_branch("one")
    database.copy(about("kept", 1))
    with closing(sqlite3.connect(database.url.path)) as connection:
        connection.execute("UPDATE note SET text = 'old'")
        connection.commit()
    database.set_label(DEVELOPMENT)
    database.set_branch("two")
    return database


def swap(database: SqliteDatabase, keep: About | None) -> None:
    with database.draft() as draft:
        draft.clone(database)
        with connected(draft.url.path) as connection:
            connection.execute("UPDATE note SET text = 'new'")
        database.swap(draft, keep, label=TEST, branch="three")


def undo(database: SqliteDatabase) -> None:
    kept = database.kept()[0]
    database.swap(database_at(kept.url.path), about("redo", 2), label=TEST, belongings="state")


def keep_draft(database: SqliteDatabase) -> None:
    with database.draft() as draft:
        draft.clone(database)
        database.keep(draft, about("draft", 2))


ACTIONS: dict[str, Action] = {
    "swap and keep": lambda database: swap(database, about("swap", 2)),
    "swap and drop": lambda database: swap(database, None),
    "undo": undo,
    "put away": lambda database: database.put_away(about("away", 2)),
    "copy": lambda database: database.copy(about("copy", 2)),
    "keep": keep_draft,
    "remove": lambda database: database.remove(database.kept()[0]),
    "describe": lambda database: database.describe(database.kept()[0], about("other", 3)),
    "label production": lambda database: database.set_label(PRODUCTION),
    "label test": lambda database: database.set_label(TEST),
    "branch": lambda database: database.set_branch("three"),
}


def seen(database: SqliteDatabase) -> list[object]:
    """Everything that a task can see of a database and its relatives."""
    there = [database] if database.exists() else []
    kept = database.kept()
    return [
        *((text_in(one), one.label(), one.branch()) for one in (*there, *(database_at(k.url.path) for k in kept))),
        *((k.about.title, k.about.number) for k in kept),
    ]


def stop_at(step: int, stop: Callable[[str], NoReturn], patch: pytest.MonkeyPatch) -> None:
    """Stop before the nth call that changes something on the disk, or that lets SQLite do it."""
    steps = count(1)

    def counted(call: Callable[..., Any], name: str) -> Callable[..., Any]:
        def counting(*arguments: Any, **named: Any) -> Any:
            if next(steps) == step:
                stop(name)
            return call(*arguments, **named)

        return counting

    for name in STEPS:
        patch.setattr(os, name, counted(getattr(os, name), name))
    patch.setattr(sqlite3, "connect", counted(sqlite3.connect, "connect"))


def killed_at(step: int, act: Callable[[], object]) -> bool:
    """Run in a child that dies at a step; False when it got to the end."""
    child = os.fork()
    if child == 0:
        try:
            stop_at(step, lambda _: os._exit(KILLED), pytest.MonkeyPatch())
            act()
        except BaseException:  # noqa: BLE001 (the child must never come back into pytest)
            os._exit(1)
        os._exit(DONE)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in {DONE, KILLED}
    return code == KILLED


def notes_of(database: SqliteDatabase) -> int:
    return len(list((database.url.path.parent / ".a.db.dbtasks" / "notes").iterdir()))


def require_whole(database: SqliteDatabase, either: list[list[object]]) -> None:
    with database.lock("test", 1):
        assert seen(database) in either
        database.tidy()
        assert seen(database) in either
        assert database.tidy() == 0
    files = {path.name for path in database.url.path.parent.iterdir()}
    assert files - {"a.db"} == {".a.db.dbtasks"}
    assert notes_of(database) <= len(database.kept()) + 1


@FROM_FORK
@pytest.mark.parametrize("name", ACTIONS)
def test_killed_before_any_step_it_is_the_old_or_the_new(tmp_path: Path, name: str) -> None:
    act = ACTIONS[name]
    database = prepare(tmp_path / "whole")
    before = seen(database)
    act(database)
    either = [before, seen(database)]

    for step in count(1):
        one = prepare(tmp_path / str(step))
        if not killed_at(step, lambda one=one: act(one)):  # type: ignore[misc]  # bound at once
            break
        require_whole(one, either)

    assert step > 1
    assert seen(one) == either[1]


@pytest.mark.parametrize("name", ACTIONS)
def test_refused_at_any_step_it_is_the_old_or_the_new(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = ACTIONS[name]
    database = prepare(tmp_path / "whole")
    before = seen(database)
    act(database)
    either = [before, seen(database)]

    reached: list[int] = []

    def refuse(name: str) -> NoReturn:
        reached.append(step)
        if name == "connect":
            raise sqlite3.OperationalError
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for step in count(1):
        one = prepare(tmp_path / str(step))
        with monkeypatch.context() as patch:
            stop_at(step, refuse, patch)
            with suppress(DatabaseError):
                act(one)
        require_whole(one, either)
        if step not in reached:
            break

    assert len(reached) > 1
