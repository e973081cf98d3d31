"""A cached reset and a plain replay give the same database, to the last setting; dumps are compared, not assumed."""

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from dbtasks.config import load
from dbtasks.pyproject import load_project
from dbtasks.urls import DatabaseUrl
from tests.fixtures.postgres import LABEL
from tests.fixtures.projects import EXAMPLES, ROOT, Outcome, Project

TWO_HEADS = {"branched"}  # a reset refuses to choose between them
PROJECTS = sorted(path.name for path in EXAMPLES.iterdir() if path.name not in TWO_HEADS)
SETTINGS = """
SELECT to_jsonb(d) - 'oid' - 'datname' - 'dattablespace' - 'datfrozenxid' - 'datminmxid' - 'datlastsysoid',
       pg_get_userbyid(datdba),
       (SELECT array_agg(setconfig ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid)
FROM pg_database d WHERE datname = current_database()
"""
SEQUENCES = "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2"
EXTENSIONS = "SELECT extname, extversion FROM pg_extension ORDER BY 1"


def dump(project: Project) -> list[str]:
    url = project.settings.url
    return sqlite_dump(url.path) if url.engine == "sqlite" else postgres_dump(url)


def sqlite_dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        names = ("user_version", "application_id", "encoding", "auto_vacuum", "page_size", "journal_mode")
        settings = [f"{name} {connection.execute(f'PRAGMA {name}').fetchone()[0]}" for name in names]
        return [*settings, *map(in_order, connection.iterdump())]


def in_order(statement: str) -> str:
    """A statement whose clauses are sorted: a batch rebuild writes a table's constraints in an order of chance."""
    return "\n".join(sorted(line.strip(" ,\t") for line in statement.splitlines()))


def postgres_dump(url: DatabaseUrl) -> list[str]:
    """What pg_dump says, without its random key, and what it does not say about a database."""
    import docker

    engine = create_engine(url.render())
    with engine.connect() as connection:
        beyond = [str(row) for query in (SETTINGS, SEQUENCES, EXTENSIONS) for row in connection.execute(text(query))]
    engine.dispose()
    with closing(docker.from_env()) as client:
        servers = client.containers.list(filters={"label": LABEL})
        server = next((one for one in servers if f"'HostPort': '{url.port}'" in str(one.ports)), None)
        if server is None:
            pytest.skip(
                "pg_dump is taken from the container of this run, and DBTASKS_TEST_POSTGRES names another server"
            )
        done = server.exec_run(
            ["pg_dump", "--host", "/var/run/postgresql", "--username", "postgres", url.name], demux=True
        )
    out, err = done.output
    assert done.exit_code == 0, err
    assert isinstance(out, bytes)
    lines = out.decode().splitlines()
    return beyond + [line for line in lines if not line.startswith((r"\restrict", r"\unrestrict"))]


@pytest.mark.parametrize("name", PROJECTS)
def test_an_example_is_the_same_by_either_way(example: Callable[..., Project], name: str, engine_url: str) -> None:
    assert_same(example(name, engine_url))


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: Callable[..., Outcome], engine_url: str) -> Project:
    """The backend of this repository, copied."""
    for part in ("backend", "pyproject.toml", ".env.example"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", engine_url)
    assert load(load_project(tmp_path)).project.name == "vibe4vets"
    return Project(tmp_path, engine_url, typed)


def test_the_backend_with_its_seeds_is_the_same_by_either_way(backend: Project) -> None:
    assert_same(backend)


def assert_same(project: Project) -> None:
    """Build, build from the template, replay, and build from the template of an earlier revision."""
    project.type("reset")
    cached = project.type("reset")
    from_template = dump(project)
    assert project.type("reset", "--no-cache").code == 0
    replayed = dump(project)

    assert "exactly this history" in cached.err
    assert len(replayed) > 10
    assert timeless(from_template) == timeless(replayed)


def timeless(lines: list[str]) -> list[str]:
    """Without the moments at which rows were written, which are the only thing that may differ."""
    return [re.sub(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?(\+00)?", "<time>", line) for line in lines]
