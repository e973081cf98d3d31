"""What is strange in one note, or beside a database, stops nothing else."""

import json

import pytest
from psycopg2 import sql

from dbtasks.databases.kept_states import write_about
from dbtasks.databases.postgres.notes import Note
from dbtasks.databases.protocol import Kept, Label
from tests.fixtures.projects import Project, execute

PARTS = {"size": "x", "flags": ["datallowconn"], "complete": "yes", "of": ["books"], "on": ["here"], "branch": 3}
OF_A_RELATIVE = ("size", "flags", "complete", "of")
LISTS = (("status",), ("undo", "--list"), ("undo", "--list", "--json"), ("snapshots",), ("snapshots", "--json"))


on_sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize("engine_url", ["postgres"], indirect=True)


def comment_on(project: Project, name: str, content: dict[str, object]) -> None:
    text = json.dumps({"dbtasks": content})
    statement = sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(text))
    project.database.server.execute(statement)  # type: ignore[attr-defined]  # a PostgreSQL database


def rewrite_comment(project: Project, kept: Kept, **changes: object) -> None:
    known = {"kind": "kept", "of": project.settings.url.name, "about": write_about(kept.about)}
    comment_on(project, kept.url.name, {**known, **changes})


@on_postgres
@pytest.mark.parametrize("key", PARTS)
def test_a_comment_with_a_part_of_another_shape_is_named_and_stops_nothing(project: Project, key: str) -> None:
    for words in (("reset",), ("reset",), ("snapshot", "one")):
        assert project.type(*words).code == 0
    (undo,) = project.database.kept("undo")
    rewrite_comment(project, undo, **{key: PARTS[key]})

    told = [project.type(*words) for words in LISTS]

    assert [said.code for said in told] == [0] * len(LISTS), [said.text for said in told]
    damaged = json.loads(project.type("status", "--json").out)["damaged"]
    assert [undo.url.name in sentence for sentence in damaged] == ([True] if key in OF_A_RELATIVE else [])
    assert project.type("reset").code == 0


@on_postgres
@pytest.mark.parametrize("key", [key for key in PARTS if key != "on"])
def test_a_part_of_another_shape_takes_no_label_away(project: Project, key: str) -> None:
    assert project.type("reset").code == 0
    note = json.loads(Note("live", label=Label("test", "books"), on=project.database.identity()).render())
    comment_on(project, project.settings.url.name, {**note["dbtasks"], key: PARTS[key]})

    assert project.database.label() == Label("test", "books")
    assert project.type("reset").code == 0


def test_a_snapshot_that_does_not_say_how_many_rows_it_has_is_listed(project: Project) -> None:
    for words in (("reset",), ("snapshot", "one")):
        assert project.type(*words).code == 0
    (kept,) = project.database.kept("snapshot")
    if project.database.engine == "postgres":
        rewrite_comment(project, kept, about={**write_about(kept.about), "facts": {"rows": "strange"}})
    else:
        about = {**write_about(kept.about), "facts": {"rows": "strange"}}
        (kept.url.path.parent / "about.json").write_text(json.dumps(about))

    listed, data = project.type("snapshots"), project.type("snapshots", "--json")

    assert (listed.code, "unknown" in listed.out) == (0, True), listed.text
    assert [(one["name"], one["rows"]) for one in json.loads(data.out)] == [("one", None)]


@on_sqlite
@pytest.mark.parametrize("name", ["..dbtasks", "...dbtasks", "....dbtasks", ".dbtasks"])
def test_a_folder_whose_name_is_almost_that_of_a_sidecar_folder_stops_nothing(project: Project, name: str) -> None:
    for folder in ("notes", "drafts", "kept"):
        (project.root / name / folder).mkdir(parents=True)
    execute(project, "CREATE TABLE theirs (id integer)")  # a database without a note, which is looked for elsewhere

    told = [project.type(*words) for words in (("status",), ("reset",), ("undo", "--list"))]

    assert [said.code for said in told] == [0] * 3, [said.text for said in told]
