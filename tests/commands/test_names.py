"""Any name that an engine takes is one that every task takes."""

import secrets
from collections.abc import Callable
from urllib.parse import quote

import pytest

from dbtasks import guard
from tests.fixtures.projects import Project

NAMES = ("Zoë's “böoks” 日本", 'a "quoted" 50% -- name; {x}', "back\\slash q?mark#hash")
TASKS = (
    ("reset",), ("snapshot", "one"), ("downgrade", "a1"), ("restore", "one"), ("undo",), ("undo", "--redo"),
    ("label", "production"), ("label", "development", "--yes", "NAME"), ("status",), ("drop",),
)  # fmt: skip


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
@pytest.mark.parametrize("name", NAMES)
def test_every_task_takes_it(
    request: pytest.FixtureRequest, example: Callable[..., Project], name: str, engine: str
) -> None:
    if engine == "sqlite":
        project = example("linear", f"sqlite:///{quote(name)}.db")
    else:
        server = request.getfixturevalue("postgres_server")
        project = example("linear", server.with_name(f"{name} {secrets.token_hex(4)}").render())
    typed = guard.name_of(project.database)

    said = [project.type(*(typed if word == "NAME" else word for word in task)) for task in TASKS]

    assert [(one.code, one.text) for one in said if one.code] == []
    assert typed in said[-2].out or quote(typed) in said[-2].out
    for kept in project.database.kept():
        project.database.remove(kept)
