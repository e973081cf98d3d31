"""A way back is no database to work on, and a database is no way back because of its name."""

from pathlib import Path

import pytest

from dbtasks.databases.engines import open_changing
from dbtasks.databases.postgres import PostgresDatabase, reserved_names
from dbtasks.databases.protocol import Label
from tests.fixtures.projects import Project

CHANGING = (
    ("reset",),
    ("migrate",),
    ("drop",),
    ("undo",),
    ("downgrade", "base"),
    ("stamp", "a1"),
    ("seed",),
    ("setup",),
    ("prune",),
    ("snapshot", "two"),
    ("label", "development"),
    ("create",),
)


@pytest.mark.parametrize("kind", ["undo", "template", "snapshot"])
def test_a_kept_state_is_looked_at_and_never_worked_on(
    project: Project, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (("reset",), ("reset",), ("snapshot", "one")):
        assert project.type(*words).code == 0
    url, owner = project.settings.url, project.database.url.name
    kept = next(one for one in project.database.kept() if one.about.kind == kind)
    before = open_changing(kept.url).content()
    monkeypatch.setenv("DATABASE_URL", kept.url.render())

    told = {words: project.type(*words) for words in CHANGING}

    assert {words: said.code for words, said in told.items()} == dict.fromkeys(CHANGING, 3), told
    assert all(owner in said.err for said in told.values()), told
    assert project.type("status").code == 0
    monkeypatch.setenv("DATABASE_URL", url.render())
    assert open_changing(kept.url).content() == before


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_kept_state_is_known_through_a_symbolic_link(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for _ in range(2):
        assert project.type("reset").code == 0
    link = tmp_path / "link.db"
    link.symlink_to(project.database.kept("undo")[0].url.path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{link}")

    assert project.type("reset").code == 3


def test_switch_does_not_go_to_a_kept_state(project: Project) -> None:
    for _ in range(2):
        assert project.type("reset").code == 0
    kept = project.database.kept("undo")[0]

    said = project.type("switch", kept.url.render())

    assert (said.code, project.settings.url.name in said.err) == (3, True), said.text


@pytest.mark.parametrize("engine_url", ["postgres"], indirect=True)
def test_a_database_that_is_called_like_a_draft_of_another_one_stays(project: Project) -> None:
    url = project.settings.url
    other = PostgresDatabase(url.with_name(reserved_names.make_name("draft", url.name)))
    other.create(Label("development", "other"))

    assert project.type("reset").code == 0
    stays = other.exists()
    other.server.execute(f'DROP DATABASE IF EXISTS "{other.url.name}"')

    assert stays


@pytest.mark.parametrize("engine_url", ["postgres"], indirect=True)
def test_a_database_that_is_called_like_a_kept_state_of_another_one_is_not_damaged(project: Project) -> None:
    url = project.settings.url
    other = PostgresDatabase(url.with_name(reserved_names.make_name("kept", url.name)))
    other.create(Label("development", "other"))

    found = list(project.database.damaged())
    other.server.execute(f'DROP DATABASE "{other.url.name}"')

    assert found == []


@pytest.mark.parametrize("engine_url", ["postgres"], indirect=True)
def test_a_copy_to_the_database_in_use_is_refused_at_once_whatever_it_is_called(project: Project) -> None:
    assert project.type("reset").code == 0
    other = project.settings.url.render().replace("127.0.0.1", "localhost")

    said = project.type("switch", other, "--copy-data")

    assert (said.code, "is the database in use" in said.err) == (2, True), said.text
