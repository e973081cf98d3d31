"""What the guard asks, in which order, and what it makes of the answers."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from psycopg2 import sql

from dbtasks import config, guard
from dbtasks.config import Settings
from dbtasks.databases.engines import open_changing
from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.protocol import Label
from dbtasks.errors import ConfigError
from dbtasks.pyproject import load_project
from dbtasks.urls import DatabaseUrl, parse_url
from tests.fixtures.projects import Project, execute


@dataclass
class Unasked:
    """A database that tells what it was asked for."""

    url: DatabaseUrl
    given: Label | None
    engine: str = "postgres"
    place: str = "app on db.example.org"
    there: bool = True

    def __post_init__(self) -> None:
        self.asked: list[str] = []

    def exists(self) -> bool:
        self.asked.append("exists")
        return self.there

    def label(self) -> Label | None:
        self.asked.append("label")
        return self.given

    def identity(self) -> str:
        return "server/database"

    def is_empty(self) -> bool:
        self.asked.append("is_empty")
        return True

    def kept(self) -> list[str]:
        self.asked.append("kept")
        return []


REMOTE = parse_url("postgresql://db.example.org/app", base=Path())


@pytest.fixture
def settings(example: Callable[..., Project]) -> Settings:
    return example("linear").settings


def judged(settings: Settings, database: Unasked, variable: str = "") -> guard.Verdict:
    named = replace(settings, variables={**settings.variables, "DBTASKS_ENVIRONMENT": variable})
    return guard.judge(named, database)  # type: ignore[arg-type]  # the part of it that the guard looks at


def test_a_labelled_development_database_costs_two_questions(settings: Settings) -> None:
    database = Unasked(REMOTE, Label("development", "linear"))

    assert not judged(settings, database).protected
    assert database.asked == ["exists", "label"]


@pytest.mark.parametrize("variable", ["", "development", "test"])
def test_the_variable_frees_nothing(settings: Settings, variable: str) -> None:
    assert judged(settings, Unasked(REMOTE, Label("production", "linear")), variable).row == "a"


@pytest.mark.parametrize("label", [None, Label("development", "linear"), Label("test", "linear")])
def test_the_variable_protects_everything(settings: Settings, label: Label | None) -> None:
    verdict = judged(settings, Unasked(REMOTE, label), "production")

    assert (verdict.row, verdict.protected) == ("a", True)
    assert "DBTASKS_ENVIRONMENT=production" in verdict.reason


def test_what_is_not_there_and_never_was_cannot_be_lost(settings: Settings) -> None:
    assert not judged(settings, Unasked(REMOTE, None, there=False), "production").protected


def test_the_state_kept_of_a_dropped_production_database_is_protected(project: Project) -> None:
    assert project.type("reset").code == 0
    assert project.type("label", "production").code == 0
    assert project.type("drop", "--yes", guard.name_of(project.database)).code == 0
    before = len(project.database.kept("undo"))

    assert project.type("prune", "--undo").code == 3
    assert len(project.database.kept("undo")) == before > 0


def test_a_project_that_is_reached_through_a_link_keeps_its_own_file(  # row d, by resolved paths
    example: Callable[..., Project],
) -> None:
    project = example("linear")
    link = project.root.parent / "link"
    link.symlink_to(project.root)
    execute(project, "CREATE TABLE precious (id INTEGER)")
    settings = config.load(load_project(link), {"DATABASE_URL": "sqlite:///books.db"})

    assert guard.judge(settings, open_changing(settings.url)).row == "d"


def test_an_unknown_environment_is_refused(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="DBTASKS_ENVIRONMENT"):
        judged(settings, Unasked(REMOTE, Label("development", "linear")), "prod")


@pytest.mark.parametrize("environment", ["development", "test", "production"])
def test_a_new_database_carries_the_label_of_its_environment(
    project: Project, monkeypatch: pytest.MonkeyPatch, environment: str
) -> None:
    if project.database.exists():
        assert project.type("drop").code == 0
    monkeypatch.setenv("DBTASKS_ENVIRONMENT", environment)
    assert project.type("create").code == 0

    label = open_changing(project.settings.url).label()

    assert label is not None
    assert label.environment == environment


@pytest.mark.parametrize("command", ["reset", "migrate"])
def test_a_free_database_without_a_label_becomes_that_of_the_task(project: Project, command: str) -> None:  # rows c, d
    assert project.type(command).code == 0

    label = project.database.label()

    assert label is not None
    assert label.environment == "development"


def test_a_label_that_came_with_a_copy_counts_as_none(project: Project, tmp_path: Path) -> None:
    assert project.type("reset").code == 0
    url = project.settings.url

    with copied(url, tmp_path / "elsewhere.db") as copy:
        verdict = guard.judge(project.settings.on(copy), open_changing(copy))

    assert (verdict.row, verdict.protected) == ("e", True)


@contextmanager
def copied(url: DatabaseUrl, file: Path) -> Iterator[DatabaseUrl]:
    """A copy that carries all that a file, or pg_dump with --create, carries along."""
    if url.engine == "sqlite":
        shutil.copyfile(url.path, file)
        yield url.with_name(str(file))
        return
    server, name = Server(url), sql.Identifier(f"{url.name}_copy")
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %(name)s"
    ((comment,),) = server.query(query, {"name": url.name})
    server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(url.name)))
    try:
        server.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(comment)))
        yield url.with_name(name.string)
    finally:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
