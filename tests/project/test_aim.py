"""A1, A2: an env.py that takes its URL from somewhere else never reaches another database than the one aimed at."""

import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, inspect, text

from dbtasks.urls import DatabaseUrl
from tests.fixtures.postgres import database_on
from tests.fixtures.projects import Project, execute

ENV = """
import os
from alembic import context
from sqlalchemy import MetaData, create_engine, engine_from_config, pool

{engine}
{before}
if context.is_offline_mode():
    context.configure(url="sqlite://", literal_binds=True)
    context.run_migrations()
else:
    {opened}
"""
RUN = """with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=MetaData())
        with context.begin_transaction():
            context.run_migrations()"""
OTHER_VARIABLE = 'engine = create_engine(os.environ["APP_URL"], poolclass=pool.NullPool)'
ASTRAY = {
    "another variable": {"engine": OTHER_VARIABLE, "before": "", "opened": RUN},
    "the application's engine": {"engine": "from own_application import engine", "before": "", "opened": RUN},
    "a URL in the code": {"engine": "engine = create_engine({url!r})", "before": "", "opened": RUN},
    "another key": {
        "engine": 'engine = engine_from_config(context.config.get_section("alembic"), prefix="app.")',
        "before": "",
        "opened": RUN,
    },
    "a statement before configure": {
        "engine": OTHER_VARIABLE,
        "before": 'with engine.begin() as early:\n    early.exec_driver_sql("CREATE TABLE strange (id INTEGER)")',
        "opened": RUN,
    },
    "a refusal that is swallowed": {
        "engine": OTHER_VARIABLE,
        "before": "",
        "opened": "try:\n        connection = engine.connect()\n    except:\n        pass",
    },
    "a connection from before": {"engine": "from own_application import connection", "before": "", "opened": (
        "context.configure(connection=connection)\n    with context.begin_transaction():\n"
        "        context.run_migrations()"
    )},
}  # fmt: skip
APPLICATION = """
from sqlalchemy import create_engine, pool
engine = create_engine({url!r})
connection = engine.connect()
"""


def content(url: DatabaseUrl) -> dict[str, list[str]]:
    """Every table with its columns and rows, read without any code of dbtasks."""
    engine = create_engine(url.render())
    try:
        with engine.connect() as connection:
            found = inspect(connection)
            return {
                table: [
                    *(str(column["name"]) for column in found.get_columns(table)),
                    *sorted(map(str, connection.execute(text(f'SELECT * FROM "{table}"')))),
                ]
                for table in found.get_table_names()
            }
    finally:
        engine.dispose()


@pytest.fixture(params=[way for way in ASTRAY if way != "a connection from before"])  # a clone would end that one
def astray(request: pytest.FixtureRequest, project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A migrated project with a row and a snapshot, whose env.py now goes to its database in a way of its own."""
    project.type("migrate")
    execute(project, "INSERT INTO book (title) VALUES ('mine')")
    assert project.type("snapshot", "mine").code == 0
    url = project.settings.url.render()
    aim_elsewhere(project, request.param, url, monkeypatch)
    yield project
    close_application()


def aim_elsewhere(project: Project, way: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_URL", url)
    monkeypatch.syspath_prepend(project.root)
    monkeypatch.delitem(sys.modules, "own_application", raising=False)
    (project.root / "own_application.py").write_text(APPLICATION.format(url=url))
    parts = {key: value.format(url=url) for key, value in ASTRAY[way].items()}
    (project.root / "migrations" / "env.py").write_text(ENV.format(**parts))
    ini = project.root / "alembic.ini"
    ini.write_text(f"{ini.read_text()}app.url = {url}\n")
    if way == "a connection from before":
        __import__("own_application")


def close_application() -> None:
    application = sys.modules.pop("own_application", None)
    if application is not None:
        application.connection.close()
        application.engine.dispose()


ON_A_DRAFT = (
    ("reset", "--no-cache"),
    ("replay",),
    ("check",),
    ("revision", "add something to book"),
    ("restore", "mine"),
)
IN_PLACE = (("migrate",), ("downgrade", "base"), ("stamp", "base", "--force"))


def test_a_task_that_works_on_a_draft_never_reaches_the_live_database(astray: Project) -> None:
    astray.revision("a4", "a3", 'op.add_column("book", sa.Column("isbn", sa.String(20)))')
    url = astray.settings.url
    before = content(url)
    for task in ON_A_DRAFT:
        said = astray.type(*task)

        assert (said.code, "connected to" in said.err, "nothing was changed" in said.err) == (3, True, True), task
        assert (url.path.name if url.engine == "sqlite" else url.name) in said.err, task
        assert content(url) == before, task
        assert astray.database.kept("undo") == astray.database.kept("template") == [], task


@pytest.fixture
def other(project: Project, request: pytest.FixtureRequest) -> Iterator[DatabaseUrl]:
    """Another database of the same engine."""
    if project.url.startswith("sqlite"):
        yield project.settings.url.with_name(str(project.root / "other.db"))
        return
    with database_on(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.mark.parametrize("way", ASTRAY)
def test_a_task_in_place_never_reaches_another_database(
    project: Project, other: DatabaseUrl, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    project.type("migrate")
    engine = create_engine(other.render())
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE precious (id INTEGER)")
    engine.dispose()
    project.revision("a4", "a3", 'op.add_column("book", sa.Column("isbn", sa.String(20)))')
    aim_elsewhere(project, way, other.render(), monkeypatch)
    before = content(other), content(project.settings.url)
    for task in IN_PLACE:
        said = project.type(*task)

        assert (said.code, "nothing was changed" in said.err) == (3, True), (task, said.text)
        assert (content(other), content(project.settings.url)) == before, task
    close_application()


def test_writing_sql_connects_to_nothing(astray: Project, request: pytest.FixtureRequest) -> None:
    before = content(astray.settings.url)

    said = astray.type("migrate", "--sql", "a3")

    connects = any(way in request.node.name for way in ("a statement before configure", "the application's engine"))
    assert said.code == (3 if connects else 0), said.text
    assert content(astray.settings.url) == before


def test_an_env_py_that_runs_no_migrations_is_an_error(project: Project) -> None:
    (project.root / "migrations" / "env.py").write_text("")

    said = project.type("migrate")

    assert (said.code, "ran no migrations" in said.err) == (1, True), said.text


def test_an_env_py_without_a_connection_is_an_error(project: Project) -> None:
    (project.root / "migrations" / "env.py").write_text(
        'from alembic import context\ncontext.configure(dialect_name="sqlite")\ncontext.run_migrations()\n'
    )

    said = project.type("migrate")

    assert (said.code, "no connection" in said.err) == (3, True), said.text


def test_a_version_table_that_says_something_else_is_an_error(project: Project) -> None:  # A2
    file = project.root / "migrations" / "env.py"
    file.write_text(
        file.read_text().replace("target_metadata=target", 'version_table="alembic_version_2", target_metadata=target')
    )

    said = project.type("reset", "--no-cache")

    assert (said.code, "alembic_version says" in said.err) == (1, True), said.text
    assert project.database.kept() == []
