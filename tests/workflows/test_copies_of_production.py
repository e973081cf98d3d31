"""G3: copies of a production database are protected, whatever has become of its name."""

import json

import pytest

from dbtasks.copies.undo import UndoHistory
from dbtasks.databases.engines import open_changing
from dbtasks.databases.protocol import Kept
from dbtasks.errors import DatabaseError
from dbtasks.guard import name_of
from tests.fixtures.projects import Project, state

REFUSED = 3


@pytest.fixture
def dropped(migrated: Project) -> Project:
    """A production database of which only a former state is left."""
    name = name_of(migrated.database)
    assert migrated.type("label", "production").code == 0
    assert migrated.type("drop", "--yes", name).code == 0
    return migrated


def test_its_name_is_given_to_no_other_database_without_a_question(dropped: Project) -> None:
    assert [dropped.type(word).code for word in ("create", "migrate", "reset")] == [REFUSED] * 3
    assert not dropped.database.exists()


def test_they_are_dropped_by_its_name_alone(dropped: Project) -> None:
    name = name_of(dropped.database)
    for words in (("create",), ("label", "development")):
        assert dropped.type(*words, "--yes", name).code == 0

    refused = dropped.type("prune", "--undo")
    listed = json.loads(dropped.type("undo", "--list", "--json").out)
    gone = dropped.type("prune", "--undo", "--yes", name)

    assert (refused.code, len(listed), gone.code) == (REFUSED, 1, 0), refused.err
    assert dropped.database.kept("undo") == []


def test_a_limit_leaves_them(dropped: Project) -> None:
    (dropped.root / "pyproject.toml").write_text('[tool.dbtasks]\nproject = "linear"\nkeep-undo = 1\n')
    for words in (("create",), ("label", "development")):
        assert dropped.type(*words, "--yes", name_of(dropped.database)).code == 0

    said = [dropped.type("reset") for _ in range(3)][-1]

    numbers = [kept.about.number for kept in UndoHistory(dropped.database.kept("undo")).states]
    assert (said.code, 1 in numbers, len(numbers)) == (0, True, 2), said.err


def test_a_template_that_cannot_be_dropped_stops_no_reset(
    migrated: Project, monkeypatch: pytest.MonkeyPatch
) -> None:  # S1
    with (migrated.root / "pyproject.toml").open("a") as settings:
        settings.write("keep-templates = 1\n")
    plain = type(open_changing(migrated.settings.url)).remove

    def remove(database: object, kept: Kept) -> None:
        if kept.about.kind == "template":
            raise DatabaseError("it has a subscription.")
        plain(database, kept)  # type: ignore[arg-type]  # of the class that it was taken from

    monkeypatch.setattr(type(open_changing(migrated.settings.url)), "remove", remove)
    before = state(migrated)

    said = migrated.type("reset")

    assert (said.code, "it has a subscription" in said.err) == (0, True), said.err
    assert state(migrated) != before
