"""A production label that this checkout has set or seen stays with the database's name, whatever its comment says."""

from collections.abc import Callable

import pytest

from dbtasks import guard
from dbtasks.databases.engines import open_changing
from dbtasks.databases.protocol import Label
from dbtasks.urls import DatabaseUrl
from tests.fixtures.projects import Project, execute


@pytest.fixture
def owned(example: Callable[..., Project], postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with rows in a database of a server that counts as the one that this checkout runs."""
    project = example("linear", postgres_url)
    monkeypatch.setattr(guard.Facts, "ownership", _Ours())
    assert project.type("reset").code == 0
    return project


class _Ours:
    ours = True
    words = "in the container of this checkout"


def clear_comment(url: DatabaseUrl, text: str = "NULL") -> None:
    open_changing(url).server.execute(f'COMMENT ON DATABASE "{url.name}" IS {text}')  # type: ignore[attr-defined]


def row(project: Project, url: DatabaseUrl | None = None) -> str:
    settings = project.settings.on(url or project.settings.url)
    return guard.judge(settings, open_changing(settings.url)).row


@pytest.mark.parametrize("text", ["NULL", "'the shop'"])
def test_a_production_label_that_was_set_here_outlives_the_comment(owned: Project, text: str) -> None:
    url = owned.settings.url
    assert owned.type("label", "production").code == 0
    clear_comment(url, text)

    said = owned.type("reset")

    assert (said.code, "labelled production" in said.err, f"--yes {url.name}" in said.err) == (3, True, True), said.text


def test_a_production_label_that_was_seen_here_outlives_the_comment(owned: Project) -> None:
    url = owned.settings.url
    open_changing(url).set_label(Label("production", "another"))  # from another machine
    assert owned.type("reset").code == 3
    clear_comment(url)

    assert owned.type("reset").code == 3


def test_looking_is_seeing(owned: Project) -> None:
    url = owned.settings.url
    open_changing(url).set_label(Label("production", "another"))
    assert owned.type("status").code == 0
    clear_comment(url)

    assert row(owned) == "a"


def test_the_note_counts_for_that_name_on_that_server_alone(owned: Project, postgres_server: DatabaseUrl) -> None:
    assert owned.type("label", "production").code == 0
    other = postgres_server.with_name(f"{owned.settings.url.name}_2")
    open_changing(other).create(Label("development", "linear"))
    try:
        assert row(owned, other) == "b"
    finally:
        open_changing(postgres_server).server.execute(f'DROP DATABASE "{other.name}"')  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", [("reset",), ("undo",), ("restore", "before")])
def test_a_database_that_is_replaced_by_its_typed_name_stays_production(
    owned: Project, command: tuple[str, ...]
) -> None:
    url = owned.settings.url
    assert owned.type("snapshot", "before").code == 0
    execute(owned, "INSERT INTO book (id, title) VALUES (70, 'Ulysses')")
    assert owned.type("reset").code == 0
    assert owned.type("label", "production").code == 0
    clear_comment(url)

    assert owned.type(*command, "--yes", url.name).code == 0

    assert row(owned) == "a"


def test_the_label_of_a_database_made_as_production_is_noted(owned: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    url = owned.settings.url
    assert owned.type("drop").code == 0
    monkeypatch.setenv("DBTASKS_ENVIRONMENT", "production")
    assert owned.type("create").code == 0
    monkeypatch.delenv("DBTASKS_ENVIRONMENT")
    clear_comment(url)

    assert row(owned) == "a"


def test_the_typed_name_and_another_label_remove_the_note(owned: Project) -> None:
    url = owned.settings.url
    assert owned.type("label", "production").code == 0
    clear_comment(url)

    assert owned.type("label", "development").code == 3
    assert owned.type("label", "development", "--yes", url.name).code == 0

    assert row(owned) == "b"
    clear_comment(url)
    assert row(owned) == "d"


def test_a_note_that_cannot_be_written_is_said_and_the_label_is_set(owned: Project) -> None:
    (owned.root / ".dbtasks").rename(owned.root / "gone")
    (owned.root / ".dbtasks").write_text("in the way")

    said = owned.type("label", "production")

    assert (said.code, "could not be noted" in said.text) == (0, True), said.text
    assert row(owned) == "a"


def test_what_is_kept_of_it_is_production_as_well(owned: Project) -> None:
    url = owned.settings.url
    assert owned.type("label", "production").code == 0
    clear_comment(url, "'the shop'")

    assert owned.type("drop", "--yes", url.name).code == 0

    assert owned.type("prune", "--undo").code == 3
    assert [open_changing(kept.url).label() for kept in owned.database.kept("undo")] == [Label("production", "linear")]


def test_a_typed_name_lets_the_comment_say_again_what_is_known(owned: Project) -> None:
    url = owned.settings.url
    assert owned.type("label", "production").code == 0
    clear_comment(url, "'the shop'")

    assert owned.type("migrate", "--yes", url.name).code == 0
    assert owned.type("downgrade", "a1", "--yes", url.name).code == 0

    assert owned.database.label() == Label("production", "linear")
