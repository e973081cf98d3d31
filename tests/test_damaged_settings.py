"""S5: a damaged pyproject.toml or .env is named, and stops no command that shows or brings back what is there."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.contents import holds
from tests.fixtures.projects import Project, state

CONFLICT_OF_GIT = "<<<<<<< HEAD\n[tool.other]\n=======\n>>>>>>> theirs\n"


def bad_limit(root: Path) -> None:
    add(root / "pyproject.toml", 'keep-undo = "three"\n')


def unknown_key(root: Path) -> None:
    add(root / "pyproject.toml", "keep-everything = true\n")


def no_alembic_ini(root: Path) -> None:
    (root / "alembic.ini").rename(root / "moved.ini")


def conflict(root: Path) -> None:
    add(root / "pyproject.toml", f"\n[tool.more]\n{CONFLICT_OF_GIT}")


def nul(root: Path) -> None:
    add(root / ".env", "OTHER=a\0b\n")


def no_text(root: Path) -> None:
    with (root / ".env").open("ab") as file:
        file.write(b"OTHER=caf\xe9\n")


def no_assignment(root: Path) -> None:
    add(root / ".env", "= what is this?\n")


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


DAMAGES: dict[Callable[[Path], None], str] = {
    bad_limit: "keep-undo: should be a whole number, is 'three'",
    unknown_key: "keep-everything: unknown key",
    no_alembic_ini: "alembic-ini: there is no file",
    conflict: "pyproject.toml cannot be read",
    nul: "NUL character in line 2",
    no_text: ".env cannot be read: it is not UTF-8 text",
    no_assignment: "lines that are no assignment: line 2",
}


@pytest.fixture(params=DAMAGES, ids=lambda damage: damage.__name__)
def damaged(request: pytest.FixtureRequest, project: Project, monkeypatch: pytest.MonkeyPatch) -> tuple[Project, str]:
    """A project with a database at head, in which something was damaged since, and a word of what."""
    (project.root / ".env").write_text(f"DATABASE_URL={project.url}\n")
    monkeypatch.delenv("DATABASE_URL")
    assert project.type("reset").code == 0
    request.param(project.root)
    return project, DAMAGES[request.param]


def test_status_names_the_damage_and_tells_all_the_rest(damaged: tuple[Project, str]) -> None:
    project, sentence = damaged

    said = project.type("status")
    facts = json.loads(project.type("status", "--json").out)

    assert (said.code, sentence in said.err, "Revision  a3" in said.out) == (0, True, True)
    assert sentence in " ".join(facts["settings_damages"])


def test_snapshot_drop_and_undo_work(damaged: tuple[Project, str]) -> None:
    project, _ = damaged
    before = json.loads(project.type("status", "--json").out)

    codes = [project.type(*words).code for words in (("snapshot", "one"), ("drop",), ("undo", "--list"), ("undo",))]

    after = json.loads(project.type("status", "--json").out)
    assert codes == [0, 0, 0, 0]
    assert (after["current"], after["rows"]) == (before["current"], before["rows"])
    assert after["snapshots"] == ["one"]


def test_what_runs_the_project_s_code_waits_until_it_is_mended(damaged: tuple[Project, str]) -> None:
    project, sentence = damaged

    said = project.type("reset")

    assert (said.code, sentence in said.err) == (2, True)


def test_a_limit_that_cannot_be_read_drops_nothing(project: Project) -> None:
    add(project.root / "pyproject.toml", "keep-undo = 20\n")
    for _ in range(13):
        assert project.type("reset").code == 0
    text = (project.root / "pyproject.toml").read_text()
    (project.root / "pyproject.toml").write_text(text.replace("keep-undo = 20", 'keep-undo = "20"'))

    assert project.type("drop").code == 0

    assert len(json.loads(project.type("undo", "--list", "--json").out)) == 13


@pytest.mark.parametrize("line", ['url_variable = "OTHER_URL"', "env-file = 7"])
def test_what_says_which_database_it_is_has_to_be_right(project: Project, line: str) -> None:
    assert project.type("reset").code == 0
    before = state(project)
    settings = project.settings
    add(project.root / "pyproject.toml", f"{line}\n")

    said = project.type("drop")

    assert (said.code, line.partition(" ")[0] in said.err) == (2, True)
    assert holds(settings.url.render()) == before


def test_a_url_that_is_no_text_is_no_url(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    (project.root / ".env").write_bytes(b"DATABASE_URL=sqlite:///caf\xe9.db\n")

    said = project.type("status")

    assert (said.code, "DATABASE_URL is not set" in said.err, "it is not UTF-8 text" in said.err) == (2, True, True)
