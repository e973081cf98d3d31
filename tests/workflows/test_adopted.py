"""Rows c and d of the guard: what goes on with a database that has no label gives it one."""

import shutil

import pytest
from psycopg2 import sql

from dbtasks.databases.protocol import Label
from tests.fixtures.projects import Project

DEVELOPMENT = Label("development", "linear")
# Each changes the database itself, or finds that there is nothing to change.
GOING_ON = (
    *(("a2", command) for command in (("migrate", "a3"), ("migrate", "a2"), ("seed",), ("downgrade", "a1"))),
    *(("a2", command) for command in (("stamp", "a2"), ("stamp", "a3", "--force"), ("replay",))),
    ("a3", ("setup",)),
)


def forget_label(project: Project) -> None:
    """Let nothing be known of the database, as of one that Alembic alone has made."""
    url = project.settings.url
    if url.engine == "sqlite":
        folder = url.path.with_name(f".{url.path.name}.dbtasks") / "notes"
        shutil.rmtree(folder)
        folder.mkdir()
        return
    statement = sql.SQL("COMMENT ON DATABASE {} IS NULL").format(sql.Identifier(url.name))
    project.database.server.execute(statement)  # type: ignore[attr-defined]  # a PostgreSQL database


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("standing", "command"), GOING_ON, ids=str)
def test_a_database_of_this_project_is_labelled_by_what_goes_on_with_it(
    project: Project, standing: str, command: tuple[str, ...]
) -> None:
    assert project.type("migrate", standing).code == 0
    forget_label(project)
    assert project.database.label() is None

    said = project.type(*command)

    assert (said.code, project.database.label()) == (0, DEVELOPMENT), said.text


@pytest.mark.parametrize("engine_url", ["postgres"], indirect=True)
def test_a_database_of_another_server_is_migrated_and_not_labelled(project: Project) -> None:
    assert project.type("migrate", "a2").code == 0
    forget_label(project)

    said = project.type("migrate")

    assert (said.code, project.database.current(), project.database.label()) == (0, ("a3",), None), said.text


@pytest.mark.parametrize("command", [("migrate",), ("setup",), ("reset",), ("stamp", "base")], ids=" ".join)
def test_an_empty_database_is_labelled_by_what_goes_on_with_it(project: Project, command: tuple[str, ...]) -> None:
    if project.database.engine == "sqlite":
        project.type("create")
        forget_label(project)
    assert (project.database.exists(), project.database.label()) == (True, None)

    said = project.type(*command)

    assert (said.code, project.database.label()) == (0, DEVELOPMENT), said.text
