"""A kept state whose note cannot be read is named by status and by the lists, and stays."""

import json
from pathlib import Path

import pytest
from psycopg2 import sql

from dbtasks.databases.protocol import Kept
from tests.fixtures.projects import Project

DAMAGED = ("", "{", "[]", '{"kind": "snapshot"}')


def damage(project: Project, kept: Kept, text: str) -> None:
    if kept.url.engine == "sqlite":
        (kept.url.path.parent / "about.json").write_text(text)
        return
    statement = sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(kept.url.name), sql.Literal(text))
    project.database.server.execute(statement)  # type: ignore[attr-defined]  # a PostgreSQL database


def is_there(project: Project, kept: Kept) -> bool:
    return type(project.database)(kept.url).exists()  # type: ignore[call-arg]  # of both engines


@pytest.mark.parametrize("text", DAMAGED)
def test_it_is_named_and_stays(project: Project, text: str) -> None:
    assert project.type("reset").code == 0
    assert project.type("snapshot", "one").code == 0
    (kept,) = project.database.kept("snapshot")
    damage(project, kept, text)
    name = Path(kept.url.name).parent.name if kept.url.engine == "sqlite" else kept.url.name

    told = [project.type(*words) for words in (("status",), ("snapshots",), ("undo", "--list"), ("prune",))]

    assert [(said.code, name in said.text) for said in told] == [(0, True)] * 4, [said.text for said in told]
    assert name in json.dumps(json.loads(project.type("status", "--json").out)["damaged"])
    assert is_there(project, kept)


@pytest.mark.parametrize("key", ["kind", "made", "facts", "revisions", "number"])
def test_a_note_of_another_shape_is_damaged_and_no_bug(project: Project, key: str) -> None:
    from dbtasks.databases.kept_states import write_about

    assert project.type("reset").code == 0
    assert project.type("snapshot", "one").code == 0
    (kept,) = project.database.kept("snapshot")
    content = {**write_about(kept.about), key: "strange"}
    if kept.url.engine == "postgres":
        content = {"dbtasks": {"kind": "kept", "of": project.settings.url.name, "about": content}}
    damage(project, kept, json.dumps(content))

    assert len(json.loads(project.type("status", "--json").out)["damaged"]) == 1
    assert project.type("migrate").code == 0
    assert is_there(project, kept)


def test_a_former_state_that_cannot_be_read_does_not_hide_the_others(project: Project) -> None:
    for _ in range(3):
        assert project.type("reset").code == 0
    first, second = project.database.kept("undo")
    if first.url.engine == "sqlite":
        first.url.path.write_bytes(b"damaged" * 1000)
    else:
        server = project.database.server  # type: ignore[attr-defined]  # a PostgreSQL database
        server.execute(f'ALTER DATABASE "{first.url.name}" ALLOW_CONNECTIONS false')

    listed = project.type("undo", "--list")
    facts = json.loads(project.type("undo", "--list", "--json").out)

    assert listed.code == 0, listed.text
    assert [(one["number"], one["rows"]) for one in facts] == [(first.about.number, None), (second.about.number, 1)]
