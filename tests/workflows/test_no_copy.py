"""Where no copy of the database can be made, a task that may lose something stops and names the way on."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from dbtasks import guard
from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.sqlite.draft import SqliteDraft
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl
from tests.fixtures.projects import Project


@pytest.fixture
def without_createdb(postgres_server: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """A database whose owner may make no other."""
    name, server = f"plain_{secrets.token_hex(4)}", Server(postgres_server)
    server.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret-word'")
    server.execute(f"CREATE DATABASE {name} OWNER {name}")
    yield replace(postgres_server, user=name, password="secret-word", name=name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.execute(f"DROP ROLE {name}")
    server.connection.close()


@pytest.fixture
def cannot_copy(
    request: pytest.FixtureRequest, example: Callable[..., Project], engine: str, monkeypatch: pytest.MonkeyPatch
) -> Project:
    """A project at head whose database cannot be copied from now on."""
    if engine == "postgres":
        project = example("linear", request.getfixturevalue("without_createdb").render())
        assert project.type("migrate").code == 0
        return project
    project = example("linear")
    assert project.type("migrate").code == 0

    def refuse(*_: object) -> None:
        raise DatabaseError("The disk is full.")

    monkeypatch.setattr(SqliteDraft, "clone", refuse)
    return project


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_the_refusal_names_the_reason_and_what_to_type(cannot_copy: Project) -> None:
    name = guard.name_of(cannot_copy.database)

    said = cannot_copy.type("downgrade", "a1")

    assert (said.code, "no way back can be kept" in said.err, f"--no-way-back {name}" in said.err) == (3, True, True)
    assert "disk is full" in said.err or "permission denied to create database" in said.err
    assert cannot_copy.database.current() == ("a3",)

    assert cannot_copy.type("downgrade", "a1", "--no-way-back", name).code == 0
    assert cannot_copy.database.current() == ("a1",)
