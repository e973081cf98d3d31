"""`status` works in every state and says which; 5 is its exit code where the database cannot be read."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from dbtasks.databases.engines import open_changing
from tests.fixtures.projects import Project

UNREADABLE = 5


@contextmanager
def unreadable(project: Project) -> Iterator[str]:
    """The project's database as one that cannot be read; a word of the reason."""
    url = project.settings.url
    if url.engine == "sqlite":
        content = url.path.read_bytes()
        url.path.write_bytes(content[:100] + os.urandom(len(content) - 100))
        yield "is damaged"
        url.path.write_bytes(content)
        return
    server = open_changing(url.with_name("postgres")).server  # type: ignore[attr-defined]  # a PostgreSQL database
    server.execute(f'ALTER DATABASE "{url.name}" ALLOW_CONNECTIONS false')
    yield "takes no connections"
    server.execute(f'ALTER DATABASE "{url.name}" ALLOW_CONNECTIONS true')


def test_of_a_database_that_cannot_be_read_it_says_so_and_tells_the_rest(project: Project) -> None:
    for words in (("reset",), ("snapshot", "one"), ("downgrade", "a1")):
        assert project.type(*words).code == 0
    with unreadable(project) as reason:
        said = project.type("status")
        facts = json.loads(project.type("status", "--json").out)

    assert said.code == UNREADABLE
    assert reason in said.out
    assert "before downgrade" in said.out
    assert "Snapshot  one" in said.out
    assert "Next  " in said.out
    assert (facts["snapshots"], facts["current"]) == (["one"], [])
    assert [reason in facts["obstacle"]["message"], bool(facts["obstacle"]["next"])] == [True, True]


def test_of_a_database_that_can_be_read_there_is_no_obstacle(project: Project) -> None:
    assert project.type("reset").code == 0

    said = project.type("status", "--json")

    assert (said.code, json.loads(said.out)["obstacle"]) == (0, None)


def test_where_no_server_answers_it_says_so(example: Callable[..., Project]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        project = example("linear", f"postgresql://me@127.0.0.1:{port}/books")

        said = project.type("status")

    assert (said.code, "No PostgreSQL server answers" in said.out, "nox -s db_up" in said.out) == (
        UNREADABLE,
        True,
        True,
    )
    assert said.out.startswith("Database  postgresql://me@127.0.0.1")


@pytest.mark.parametrize("kind", ["directory", "named pipe", "file of other content"])
def test_a_path_that_is_no_database_is_called_what_it_is(example: Callable[..., Project], kind: str) -> None:
    project = example("linear")
    path = project.settings.url.path
    make: dict[str, Callable[[], object]] = {
        "directory": path.mkdir,
        "named pipe": lambda: os.mkfifo(path),
        "file of other content": lambda: path.write_text("milk\n" * 1000),
    }
    make[kind]()

    said = project.type("status")
    reset = project.type("reset", "--yes", path.name)

    words = "is not a SQLite database" if kind == "file of other content" else f"is a {kind}"
    assert (said.code, words in said.out) == (UNREADABLE, True), said.text
    assert (reset.code, words in reset.err) == (1, True), reset.text
    assert "Traceback" not in said.text + reset.text


@pytest.mark.parametrize("kind", ["directory", "named pipe"])
def test_a_path_that_can_be_no_database_gets_no_sidecar_folder(example: Callable[..., Project], kind: str) -> None:
    project = example("linear")
    path = project.settings.url.path
    (path.mkdir if kind == "directory" else lambda: os.mkfifo(path))()

    assert project.type("reset").code == 1

    assert not path.with_name(f".{path.name}.dbtasks").exists()


def test_a_device_is_called_one(example: Callable[..., Project]) -> None:
    said = example("linear", "sqlite:////dev/null").type("status")

    assert (said.code, "/dev/null is a device" in said.out) == (UNREADABLE, True)
