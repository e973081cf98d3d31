"""snapshot, snapshots, restore and prune."""

import json
import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.projects import Project, execute

NAMES = ("plain", "before the demo", "ünï 🙂", 'it\'s "quoted"', "50% -- drop", "x" * 200, "../up")


@pytest.mark.parametrize("name", NAMES)
def test_a_snapshot_comes_back_by_any_name(project: Project, name: str) -> None:
    project.type("reset")
    assert project.type("snapshot", name).code == 0
    execute(project, "DELETE FROM book")

    said = project.type("restore", name)

    assert (said.code, project.database.rows()) == (0, {"book": 1})
    assert [kept.about.title for kept in project.database.kept("snapshot")] == [name]
    assert project.type("undo").code == 0
    assert project.database.rows() == {"book": 0}


def test_an_older_snapshot_is_brought_to_head(project: Project) -> None:
    project.type("migrate", "a1")
    project.type("snapshot", "old")
    project.type("migrate")

    project.type("restore", "old")
    migrated = project.database.current()
    project.type("restore", "old", "--no-migrate")

    assert (migrated, project.database.current()) == (("a3",), ("a1",))


def test_a_snapshot_that_is_ahead_is_said_to_be(project: Project) -> None:
    project.type("migrate")
    project.type("snapshot", "new")
    (project.root / "migrations" / "versions" / "a3_first_book.py").unlink()

    said = project.type("restore", "new")

    assert (said.code, "a3 (add the first book), which this checkout does not have" in said.err) == (0, True)


def test_a_name_is_not_taken_twice_unless_asked_for(project: Project) -> None:
    project.type("reset")
    project.type("snapshot", "one")

    assert project.type("snapshot", "one").code == 1
    assert project.type("snapshot", "one", "--replace").code == 0
    assert len(project.database.kept("snapshot")) == 1


def test_an_unknown_name_tells_the_nearest(project: Project) -> None:
    project.type("reset")
    project.type("snapshot", "before the demo")

    said = project.type("restore", "before demo")

    assert (said.code, "'before the demo'" in said.err) == (2, True)


@pytest.mark.parametrize(
    "command",
    [("restore", "demo3"), *(("snapshots", *words) for words in (
        ("--delete", "demo3"), ("--rename", "demo3", "four"), ("--export", "demo3", "file"),
    ))],
    ids=" ".join,
)  # fmt: skip
def test_a_mistyped_name_offers_nothing_that_changes_something(project: Project, command: tuple[str, ...]) -> None:
    project.type("reset")
    project.type("snapshot", "demo")

    said = project.type(*command)

    assert (said.code, "'demo'" in said.err) == (2, True), said.err
    assert said.err.endswith("next: nox -s db_snapshots   lists them\n")


@pytest.mark.parametrize("way", ["import", "rename"])
def test_a_name_that_is_taken_offers_nothing_that_overwrites_it(project: Project, way: str) -> None:
    project.type("reset")
    for name in ("the demo", "old"):
        project.type("snapshot", name)
    project.type("snapshots", "--export", "old", "file")
    words = ("--import", "file", "the demo") if way == "import" else ("--rename", "old", "the demo")

    said = project.type("snapshots", *words)

    assert (said.code, "--replace" in said.err) == (1, False), said.err
    assert "next: Choose another name, or first: nox -s db_snapshots -- --delete 'the demo'\n" in said.err
    assert {kept.about.title for kept in project.database.kept("snapshot")} == {"the demo", "old"}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_offered_can_be_typed_as_it_stands(project: Project, name: str) -> None:
    project.type("reset")

    saved, taken = project.type("snapshot", name), project.type("snapshot", name)

    (offered,) = (line for line in saved.out.splitlines() if line.startswith("Next "))
    assert shlex.split(offered)[1:6] == ["nox", "-s", "db_restore", "--", name]
    (replace,) = (line for line in taken.err.splitlines() if "--replace" in line)
    assert shlex.split(replace)[1:7] == ["nox", "-s", "db_snapshot", "--", name, "--replace"]


def test_the_list_tells_revision_rows_and_size(project: Project) -> None:
    assert "no snapshots" in project.type("snapshots").out
    project.type("reset")
    project.type("snapshot", "one")

    listed = json.loads(project.type("snapshots", "--json").out)

    assert [(one["name"], one["revisions"], one["rows"]) for one in listed] == [("one", ["a3"], 1)]
    assert listed[0]["bytes"] > 0
    assert "just now" in project.type("snapshots").out


def test_one_is_renamed_and_deleted(project: Project) -> None:
    project.type("reset")
    project.type("snapshot", "one")
    project.type("snapshot", "two")

    taken = project.type("snapshots", "--rename", "one", "two")
    renamed = project.type("snapshots", "--rename", "one", "three")
    deleted = project.type("snapshots", "--delete", "two")

    assert (taken.code, renamed.code, deleted.code) == (1, 0, 0)
    assert [kept.about.title for kept in project.database.kept("snapshot")] == ["three"]


def test_one_travels_through_a_file(project: Project) -> None:
    project.type("reset")
    project.type("snapshot", "one")
    file = project.root / "one.dump"

    exported = project.type("snapshots", "--export", "one", str(file))
    again = project.type("snapshots", "--export", "one", str(file))
    imported = project.type("snapshots", "--import", str(file), "two")
    execute(project, "DELETE FROM book")
    restored = project.type("restore", "two")

    assert (exported.code, again.code, imported.code, restored.code) == (0, 2, 0, 0)
    assert project.database.rows() == {"book": 1}


def test_an_imported_one_is_numbered_after_those_that_are_there(project: Project) -> None:
    project.type("reset")
    project.type("snapshot", "one")
    project.type("snapshot", "two")
    file = project.root / "one.dump"
    project.type("snapshots", "--export", "one", str(file))

    project.type("snapshots", "--import", str(file), "three")
    project.type("snapshot", "four")

    kept = project.database.kept("snapshot")
    assert [(one.about.title, one.about.number) for one in kept] == [("four", 4), ("three", 3), ("two", 2), ("one", 1)]


def test_an_export_leaves_every_other_file_beside_it_as_it_was(project: Project) -> None:  # R10
    project.type("reset")
    project.type("snapshot", "one")
    foreign = project.root / ".one.dump.new"
    foreign.write_text("mine")
    before = set(project.root.iterdir())

    missing = project.type("snapshots", "--export", "none", str(project.root / "one.dump"))
    exported = project.type("snapshots", "--export", "one", str(project.root / "one.dump"))

    assert (missing.code, exported.code) == (2, 0)
    assert foreign.read_text() == "mine"
    assert set(project.root.iterdir()) - before == {project.root / "one.dump"}


def test_a_file_that_is_no_export_is_refused(project: Project) -> None:
    project.type("reset")
    file = project.root / "shopping.txt"
    file.write_text("milk\n" * 1000)

    said = project.type("snapshots", "--import", str(file), "two")

    assert (said.code, "Traceback" in said.text) == (1, False)
    assert (project.database.kept("snapshot"), project.database.tidy()) == ([], 0)


def test_prune_drops_templates_and_leaves_snapshots(project: Project) -> None:
    project.type("reset")
    project.type("reset")
    project.type("snapshot", "one")

    said = project.type("prune")
    kinds = {kept.about.kind for kept in project.database.kept()}
    project.type("prune", "--undo")

    assert (said.code, kinds) == (0, {"undo", "snapshot"})
    assert {kept.about.kind for kept in project.database.kept()} == {"snapshot"}


OTHERS: dict[str, Callable[[Path], object]] = {
    "folder": lambda path: path.mkdir(),
    "named pipe": os.mkfifo,
    "no such file": lambda _: None,
    "empty file": lambda path: path.touch(),
    "garbage": lambda path: path.write_bytes(os.urandom(5000)),
    "garbage that begins like an SQLite file": lambda path: path.write_bytes(b"SQLite format 3\0" + b"\1" * 5000),
    "garbage that begins like an archive": lambda path: path.write_bytes(b"PGDMP" + b"\1" * 5000),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_export_is_refused_in_one_message_and_changes_nothing(project: Project, kind: str) -> None:
    project.type("reset")
    file = project.root / "export"
    OTHERS[kind](file)

    said = project.type("snapshots", "--import", str(file), "two")

    assert said.code in {1, 2}, said.text
    assert said.err.startswith(f"error: {file} "), said.text
    assert "next: nox -s db_snapshots -- --export NAME FILE" in said.err
    assert (project.database.kept("snapshot"), project.database.tidy()) == ([], 0)
    assert not list(project.root.glob("export-*"))


def test_an_export_of_the_other_engine_is_called_that(project: Project) -> None:
    file = project.root / "export"
    other = {"sqlite": (b"PGDMP", "PostgreSQL"), "postgres": (b"SQLite format 3\0", "SQLite")}
    beginning, name = other[project.database.engine]
    file.write_bytes(beginning + bytes(5000))

    said = project.type("snapshots", "--import", str(file), "two")

    assert (said.code, f"is of {name}" in said.err) == (1, True), said.text
