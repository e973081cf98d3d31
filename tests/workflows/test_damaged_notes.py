"""A kept state whose note cannot be read is named by status and by the lists, and stays."""

import base64
import json
import zlib
from pathlib import Path
from typing import Literal

import pytest
from psycopg2 import sql

from dbtasks.databases.kept_states import write_about
from dbtasks.databases.postgres.notes import Note
from dbtasks.databases.protocol import Kept
from dbtasks.local_state import state_directory
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


SHAPES: tuple[tuple[str, object], ...] = (
    *((key, "strange") for key in ("kind", "made", "facts", "revisions", "number")),
    ("facts", {"role": ["redo"]}),
    ("revisions", [1]),
)


def rewrite(project: Project, kept: Kept, **changes: object) -> None:
    """Let the note of a kept state say something else."""
    content = {**write_about(kept.about), **changes}
    if kept.url.engine == "postgres":
        content = {"dbtasks": {"kind": "kept", "of": project.settings.url.name, "about": content}}
    damage(project, kept, json.dumps(content))


@pytest.mark.parametrize("kind", ["snapshot", "undo"])
@pytest.mark.parametrize(("key", "value"), SHAPES)
def test_a_note_of_another_shape_is_damaged_and_no_bug(
    project: Project, key: str, value: object, kind: Literal["snapshot", "undo"]
) -> None:
    assert project.type("reset").code == 0
    assert project.type("reset").code == 0
    assert project.type("snapshot", "one").code == 0
    (kept,) = project.database.kept(kind)
    rewrite(project, kept, **{key: value})

    assert len(json.loads(project.type("status", "--json").out)["damaged"]) == 1
    assert project.type("migrate").code == 0
    assert project.type("reset").code == 0
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


UNDERSTOOD: dict[str, object] = {
    "another key": {"environment": "development", "project": "books", "since": "2026"},
    "project": {"environment": "development", "project": None},
}
STRANGE_LABELS: dict[str, object] = {
    "no environment": {"project": "books"},
    "environment": {"environment": ["development"], "project": "books"},
    "list": ["development"],
    "text": "development",
}


@pytest.mark.parametrize("name", [*UNDERSTOOD, *STRANGE_LABELS])
def test_a_label_of_another_shape_is_no_bug_and_counts_only_where_it_is_understood(project: Project, name: str) -> None:
    assert project.type("reset").code == 0
    write_label(project, {**UNDERSTOOD, **STRANGE_LABELS}[name])

    status = project.type("status")
    reset = project.type("reset")

    assert status.code == 0, status.text
    # Without a label a file inside the project is free, and content on a server that is not ours is protected.
    assert reset.code == (0 if name in UNDERSTOOD or project.database.engine == "sqlite" else 3), reset.text


def write_label(project: Project, label: object) -> None:
    """Let the database's own note have this for a label, and be as it is otherwise."""
    path = Path(project.settings.url.name)
    if project.database.engine == "sqlite":
        at = path.stat()
        (note,) = path.parent.glob(f".*/notes/{at.st_dev}-{at.st_ino}.json")
        content = json.loads(note.read_text())
        note.write_text(json.dumps({**content, "database": {**content["database"], "label": label}}))
        return
    content = json.loads(Note("live", on=project.database.identity()).render())
    text = json.dumps({"dbtasks": {**content["dbtasks"], "label": label}})
    statement = sql.SQL("COMMENT ON DATABASE {} IS {}").format(
        sql.Identifier(project.settings.url.name), sql.Literal(text)
    )
    project.database.server.execute(statement)  # type: ignore[attr-defined]  # a PostgreSQL database


STRANGE = {"when": "yesterday", "standing": 3, "more": 1}


@pytest.mark.parametrize("key", STRANGE)
def test_a_note_of_where_migrate_stopped_that_is_damaged_is_none(project: Project, key: str) -> None:
    project.revision("a4", "a3", "raise ValueError('no luck')")
    project.type("migrate")
    (note,) = state_directory.folder(project.settings.project).glob("stopped-*.json")
    note.write_text(json.dumps({**json.loads(note.read_text()), key: STRANGE[key]}))

    said = project.type("status")

    assert (said.code, "no luck" in said.text) == (0, False), said.text


RECORDS = ("", "strange", "c$@)d", base64.b85encode(zlib.compress(b"[1, 2, 3, 4, 5]")).decode())
FACTS = {
    **{f"record {text!r}": {"record": text} for text in RECORDS},
    "history": {"history": "strange"},
    "rows": {"rows": "strange"},
    "rows that are no table": {"rows": "[1]"},
    "used": {"used": "yesterday"},
}


@pytest.mark.parametrize("facts", FACTS.values(), ids=FACTS)
def test_a_damaged_template_is_not_used(project: Project, facts: dict[str, str]) -> None:
    for _ in range(2):
        assert project.type("reset").code == 0
    for kept in project.database.kept("template"):
        rewrite(project, kept, facts={**kept.about.facts, **facts})

    told = [project.type(*words) for words in (("status",), ("reset",), ("reset",))]

    assert [said.code for said in told] == [0] * 3, [said.text for said in told]
    assert project.database.rows() == {"book": 1}
