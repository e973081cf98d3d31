"""`heads` and `merge`: several heads are shown as a graph, and joined."""

import json
from pathlib import Path

from tests.fixtures.models import written
from tests.fixtures.projects import Project


def branch(project: Project) -> None:
    project.revision("b3", "a2", "pass")
    project.revision("b4", "b3", "pass")


def test_one_head_is_one_line(project: Project) -> None:
    assert project.type("heads").out == "a3  add the first book\n"


def test_several_heads_are_drawn_from_where_they_part(project: Project) -> None:
    branch(project)

    said = project.type("heads").out

    assert [line.split()[-1] for line in said.splitlines() if "<-" in line] == ["head", "head", "common"]
    assert "a1" not in said
    assert "not committed" in said
    assert "nox -s merge" in said


def test_heads_in_json_tell_what_each_branch_has_of_its_own(project: Project) -> None:
    branch(project)

    facts = {head["id"]: head for head in json.loads(project.type("heads", "--json").out)}

    assert (facts["a3"]["own"], facts["b4"]["own"]) == (["a3"], ["b4", "b3"])
    assert facts["a3"]["since"] == "a2"


def test_a_merge_says_what_each_branch_does(project: Project) -> None:
    branch(project)

    facts = json.loads(project.type("merge", "--json").out)

    assert set(facts["merged"]) == {"a3", "b4"}
    assert facts["message"].startswith("merge ")
    assert "add the first book" in facts["message"]
    assert project.type("migrate").code == 0
    assert json.loads(project.type("merge", "--json").out) == {"merged": [], "file": None}


def test_a_merge_joins_a_head_that_another_one_depends_on(project: Project) -> None:
    versions = project.root / "migrations" / "versions"
    for file, parents in {"b1": "down_revision = None", "a4": "down_revision = 'a3'\ndepends_on = ('b1',)"}.items():
        body = "def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"
        (versions / f"{file}.py").write_text(f'"""{file}."""\n\nrevision = "{file}"\n{parents}\n\n\n{body}')

    merged = json.loads(project.type("merge", "--json").out)

    assert set(merged["merged"]) == {"a4", "b1"}
    assert len(project.type("heads").out.splitlines()) == 1
    assert json.loads(project.type("merge", "--json").out) == {"merged": [], "file": None}
    assert project.type("migrate").code == 0
    assert project.database.current() == (Path(merged["file"]).name.split("_")[0],)


def test_a_merge_that_leaves_several_heads_writes_no_file(project: Project) -> None:
    branch(project)
    template = project.root / "migrations" / "script.py.mako"
    template.write_text(template.read_text().replace("${repr(down_revision)}", "${repr(down_revision[0])}"))
    before = written(project)

    said = project.type("merge")

    assert (said.code, "2 heads would be left" in said.err, "Wrote" in said.out) == (1, True, False), said.text
    assert written(project) == before


def test_a_message_of_one_s_own_is_kept(project: Project) -> None:
    branch(project)

    project.type("merge", "join books and shelves")

    assert any("join books and shelves" in file.read_text() for file in written(project))


def test_revision_refuses_to_guess_between_heads(project: Project) -> None:
    branch(project)

    said = project.type("revision", "add isbn to book")

    assert (said.code, "2 heads" in said.err, "nox -s merge" in said.err) == (1, True, True)
