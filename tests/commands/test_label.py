"""`label` shows what the guard makes of a database, and changes the label and nothing else."""

import json
from collections.abc import Callable

import pytest

from dbtasks import guard
from dbtasks.databases.protocol import Label
from tests.fixtures.projects import Outcome, Project, execute


@pytest.fixture
def labelled(project: Project) -> Project:
    """A project with rows in a database that is labelled development."""
    assert project.type("reset").code == 0
    execute(project, "INSERT INTO book (id, title) VALUES (70, 'Ulysses')")
    return project


def facts(said: Outcome) -> tuple[object, ...]:
    assert said.code == 0, said.text
    told = json.loads(said.out)
    return (told["label"], told["row"], told["protected"])


def test_it_shows_the_label_the_row_and_the_reason(labelled: Project) -> None:
    said = labelled.type("label")

    assert said.code == 0
    assert "Label     development" in said.out
    assert "Guard     free to be changed" in said.out
    assert f"row b: {labelled.database.place} is labelled development" in said.out


def test_json_says_the_same(labelled: Project) -> None:
    assert facts(labelled.type("label", "--json")) == ("development", "b", False)
    assert labelled.type("label", "production").code == 0
    assert facts(labelled.type("label", "--json")) == ("production", "a", True)


def test_a_database_that_is_not_there_has_no_label_and_gets_none(example: Callable[..., Project]) -> None:
    project = example("linear")

    assert facts(project.type("label", "--json")) == (None, "c", False)
    said = project.type("label", "production")

    assert (said.code, "next: nox -s db_create" in said.err) == (1, True)
    assert not project.database.exists()


@pytest.mark.parametrize("label", ["development", "test", "production"])
def test_only_the_label_changes(labelled: Project, label: str) -> None:
    database = labelled.database
    before = (database.current(), database.rows(), database.kept())

    assert facts(labelled.type("label", label, "--json"))[0] == label
    assert (database.current(), database.rows(), database.kept()) == before


@pytest.mark.parametrize("label", ["development", "test"])
def test_to_leave_production_the_name_has_to_be_typed(labelled: Project, label: str) -> None:
    assert labelled.type("label", "production").code == 0
    name = guard.name_of(labelled.database)

    said = labelled.type("label", label)

    assert (said.code, f"--yes {name}" in said.err) == (3, True)
    assert facts(labelled.type("label", "--json"))[0] == "production"
    assert labelled.type("label", label, "--yes", name).code == 0
    assert facts(labelled.type("label", "--json"))[0] == label


def test_while_the_variable_protects_the_label_is_not_taken_off(
    labelled: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBTASKS_ENVIRONMENT", "production")

    assert facts(labelled.type("label", "--json")) == ("development", "a", True)
    assert labelled.type("label", "test").code == 3
    assert labelled.type("label", "production").code == 0


def test_a_word_that_is_no_label_is_a_wrong_argument(labelled: Project) -> None:
    assert labelled.type("label", "prod").code == 2


def test_a_label_that_somebody_set_is_shown_whoever_it_was(labelled: Project) -> None:
    labelled.database.set_label(Label("test", "another"))

    assert facts(labelled.type("label", "--json")) == ("test", "b", False)
