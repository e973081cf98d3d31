"""Who has to ask the guard, and what opens a protected database."""

import ast
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from psycopg2 import sql

from dbtasks import guard
from dbtasks.databases.engines import open_changing
from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.protocol import Label
from dbtasks.urls import DatabaseUrl
from tests.fixtures.postgres import execute as execute_on
from tests.fixtures.projects import Project, execute

# G3: everything that destroys, overwrites or removes a way back.
ASKING = (
    ("reset",),
    ("drop",),
    ("replay",),
    ("undo",),
    ("downgrade", "base"),
    ("stamp", "a1"),
    ("restore", "one"),
    ("seed",),
    ("setup",),
    ("prune", "--undo"),
    ("snapshot", "two"),
    ("snapshot", "one", "--replace"),
    ("snapshots", "--delete", "one"),
    ("snapshots", "--rename", "one", "two"),
    ("snapshots", "--import", "file", "two"),
    ("switch", "--branch"),
)
WORKFLOWS = Path(guard.__file__).parent
# Who opens a database without asking the guard at once: it looks only, adds only, or asks when it knows more.
NOT_ASKING = {
    "commands/create.py",  # adds a database where there is none
    "commands/label.py",  # asks before a production label goes
    "workflows/databases_for_tests.py",  # works on relatives of a database of its own
    "workflows/scratch.py",  # works beside the database
    "workflows/snapshots.py",  # an export; a prune of templates
    "workflows/switch_engine.py",  # asks when revisions would run
    "workflows/upgrade.py",  # asks when something could get lost
    "workflows/verify.py",  # works beside the database
}


def opens_without_asking(path: Path) -> bool:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    openings = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id == "open_site"]
    return any(keyword.arg == "ask" for node in openings for keyword in node.keywords)


def test_whoever_changes_a_database_asks_the_guard() -> None:  # G3
    found = {str(path.relative_to(WORKFLOWS)) for path in WORKFLOWS.rglob("*.py") if opens_without_asking(path)}

    assert found == NOT_ASKING


@pytest.fixture
def unlabelled(example: Callable[..., Project], engine_url: str, tmp_path: Path) -> Iterator[Project]:
    """A project at head whose database has no label and is not of this checkout: row e."""
    outside = f"sqlite:///{tmp_path}/elsewhere.db"
    made = example("linear", outside if engine_url.startswith("sqlite") else engine_url)
    execute(made, "CREATE TABLE precious (id INTEGER)")
    assert made.type("migrate").code == 0
    yield made
    for kept in made.database.kept():
        made.database.remove(kept)


def databases_like(server: DatabaseUrl, start: str) -> list[str]:
    query = "SELECT datname FROM pg_database WHERE strpos(datname, %(start)s) > 0"
    return [row[0] for row in Server(server).query(query, {"start": start})]


def production(project: Project) -> None:
    """Make the project's database a protected one that has an undo and a snapshot."""
    assert project.type("reset").code == 0
    assert project.type("reset").code == 0
    assert project.type("snapshot", "one").code == 0
    project.database.set_label(Label("production", "linear"))


def state(project: Project) -> tuple[object, ...]:
    database = project.database
    return (database.current(), database.rows(), [(kept.about.kind, kept.about.title) for kept in database.kept()])


def refused(project: Project, *command: str) -> None:
    """Type a command on a protected database; it has to be refused, with nothing changed."""
    before = state(project)

    said = project.type(*command)

    assert (said.code, "labelled production" in said.err) == (3, True), (command, said.text)
    assert f"--yes {guard.name_of(project.database)}" in said.err
    assert state(project) == before, command


def test_a_production_database_is_never_changed_by_accident(project: Project) -> None:  # G3
    production(project)

    for command in ASKING:  # a refusal changes nothing, so one database serves them all
        refused(project, *command)


def test_a_switch_that_would_run_revisions_asks(project: Project) -> None:  # G3
    production(project)
    assert project.type("downgrade", "-1", "--yes", guard.name_of(project.database)).code == 0

    refused(project, "switch", project.settings.url.render())


def test_a_migrate_with_losses_asks(project: Project) -> None:
    production(project)
    execute(project, "INSERT INTO book (id, title) VALUES (70, 'Ulysses')")
    (head,) = project.database.current()
    project.revision("drops", head, 'op.drop_table("book")')

    refused(project, "migrate")


def test_the_name_typed_in_full_is_the_only_key(project: Project) -> None:
    production(project)
    name = guard.name_of(project.database)

    codes = [project.type("drop", "--yes", wrong).code for wrong in ("y", "yes", name[:-1], name.upper() + "x")]

    assert codes == [3, 3, 3, 3]
    assert project.type("drop", "--yes", name).code == 0


@pytest.mark.parametrize("command", [("reset",), ("stamp", "a1", "--force"), ("seed",), ("undo",)], ids=" ".join)
def test_a_typed_name_opens_one_action_on_a_production_database(  # G4
    project: Project, command: tuple[str, ...]
) -> None:
    production(project)

    assert project.type(*command, "--yes", guard.name_of(project.database)).code == 0
    refused(project, *command)


@pytest.mark.parametrize(
    "command",
    [
        ("downgrade", "-1"),
        ("stamp", "a1", "--force"),
        ("seed",),
        ("reset",),
    ],
    ids=" ".join,
)
def test_a_typed_name_opens_one_action_on_an_unlabelled_database(unlabelled: Project, command: tuple[str, ...]) -> None:
    key = ("--yes", guard.name_of(unlabelled.database))

    assert unlabelled.type(*command).code == 3
    assert unlabelled.type(*command, *key).code == 0
    assert unlabelled.database.label() is None  # G4
    assert unlabelled.type(*command).code == 3


def test_what_a_refused_task_offers_frees_an_unlabelled_database(unlabelled: Project) -> None:
    said = unlabelled.type("reset")

    assert (said.code, "next: nox -s db_label -- development" in said.err) == (3, True)
    assert unlabelled.type("label", "development").code == 0
    assert unlabelled.type("reset").code == 0


def test_a_name_that_the_server_cuts_off_is_not_taken_for_none(
    example: Callable[..., Project], postgres_server: DatabaseUrl
) -> None:
    long = f"test_{secrets.token_hex(6)}".ljust(70, "x")
    execute_on(postgres_server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(long)))
    try:
        url = postgres_server.with_name(long[:63])
        said = example("linear", postgres_server.with_name(long).render()).type("reset")

        assert said.code not in {0, 1} or "63 bytes" in said.err
        assert open_changing(url).rows() == {}
        assert not open_changing(url).kept()
    finally:
        for name in databases_like(postgres_server, long[:17]):
            execute_on(postgres_server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
