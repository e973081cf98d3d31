import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from dbtasks import guard
from dbtasks.config import load, load_project
from dbtasks.databases import Label, open_database
from dbtasks.errors import ConfigError, RefusedError
from dbtasks.urls import parse_url
from tests.fixtures.projects import Project

DESTRUCTIVE = (
    ("reset",),
    ("drop",),
    ("replay",),
    ("undo",),
    ("downgrade", "base"),
    ("stamp", "a1"),
    ("restore", "one"),
)


DESTROYERS = {"swap", "put_away", "downgrade", "stamp", "enter", "keep_copy"}


def called(node: ast.AST) -> set[str]:
    return {
        call.func.attr for call in ast.walk(node) if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    }


COMMANDS = sorted((Path(guard.__file__).parent / "commands").glob("*.py"))


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: str(path.stem))
def test_whoever_destroys_asks_the_guard(path: Path) -> None:
    calls = called(ast.parse(path.read_text()))

    assert not calls & DESTROYERS or "permit" in calls


def test_the_check_above_knows_the_destructive_commands() -> None:
    asking = {path.stem for path in COMMANDS if "permit" in called(ast.parse(path.read_text()))}

    assert {words[0] for words in DESTRUCTIVE} <= asking


@pytest.mark.parametrize("command", DESTRUCTIVE, ids=" ".join)
def test_a_production_database_is_never_changed_by_accident(project: Project, command: tuple[str, ...]) -> None:
    assert project.type("reset").code == 0
    assert project.type("reset").code == 0
    assert project.type("snapshot", "one").code == 0
    project.database.set_label(Label("production", "linear"))
    before = (project.database.current(), project.database.rows(), len(project.database.kept()))

    said = project.type(*command)

    assert (said.code, "labelled production" in said.err) == (3, True)
    assert f"--yes {guard.name_of(project.database)}" in said.err
    assert (project.database.current(), project.database.rows(), len(project.database.kept())) == before


def test_the_name_typed_in_full_is_the_only_key(project: Project) -> None:
    project.type("reset")
    project.database.set_label(Label("production", "linear"))
    name = guard.name_of(project.database)

    codes = [project.type("drop", "--yes", wrong).code for wrong in ("y", "yes", name[:-1], name.upper() + "x")]

    assert codes == [3, 3, 3, 3]
    assert project.type("drop", "--yes", name).code == 0


def test_the_label_can_be_changed_by_whoever_means_to(project: Project) -> None:
    project.type("reset")
    project.database.set_label(Label("production", "linear"))

    assert guard.protection(project.database) != ""
    project.database.set_label(Label("development", "linear"))
    assert guard.protection(project.database) == ""


class Elsewhere:
    """A database that cannot be had here: one on another host."""

    engine = "postgres"
    place = "app on db.example.org"
    url = parse_url("postgresql://db.example.org/app", base=Path())

    def __init__(self, label: Label | None) -> None:
        self._label = label

    def exists(self) -> bool:
        return True

    def label(self) -> Label | None:
        return self._label


@pytest.mark.parametrize(
    ("label", "allowed"),
    [(None, False), (Label("production", "p"), False), (Label("development", "p"), True), (Label("test", "p"), True)],
)
def test_another_hosts_database_needs_a_label(label: Label | None, allowed: bool) -> None:
    database = Elsewhere(label)

    if allowed:
        guard.permit(database, "db_reset")  # type: ignore[arg-type]  # the part of it that the guard looks at
    else:
        with pytest.raises(RefusedError):
            guard.permit(database, "db_reset")  # type: ignore[arg-type]  # as above


def test_an_unknown_environment_is_refused(example: Callable[..., Project]) -> None:
    settings = load(
        load_project(example("linear").root), {"DATABASE_URL": "sqlite:///a.db", "DBTASKS_ENVIRONMENT": "prod"}
    )

    with pytest.raises(ConfigError, match="DBTASKS_ENVIRONMENT"):
        guard.label_for(settings)


def test_a_new_database_carries_the_label_of_its_environment(project: Project) -> None:
    project.type("reset")

    label = open_database(project.settings.url).label()

    assert label is not None
    assert label.environment == "development"
