"""The guide's own commands, typed in backend/ as the guide types them."""

import pytest
from sqlalchemy import text

from app.config import parse_url
from tests.backend.conftest import on_sqlite
from tests.backend.history import observer
from tests.backend.project import ProjectCopy

HEAD, BEFORE_HEAD, EARLY = "cf0cd20b01d4", "be0bc0117a13", "2b02add9407e"


@on_sqlite  # what each does on PostgreSQL is tested in this process, which is ten times faster
def test_the_guides_commands_work_as_written(
    database_url: str, copy: ProjectCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    copy.alembic("upgrade", EARLY)
    copy.alembic("upgrade", "head")
    copy.alembic("downgrade", "-1")
    assert copy.alembic("current").strip() == BEFORE_HEAD
    copy.alembic("downgrade", EARLY)
    copy.alembic("upgrade", "head")
    assert "No new upgrade operations detected." in copy.alembic("check")
    copy.alembic("stamp", EARLY)
    copy.alembic("stamp", "head")
    assert copy.alembic("current").strip() == f"{HEAD} (head)"
    assert f"{BEFORE_HEAD} -> {HEAD} (head), Zero downtime 4 of 4: drop location." in copy.alembic("history")


def test_the_url_may_come_from_the_env_file_and_a_relative_path_starts_at_the_root(copy: ProjectCopy) -> None:
    (copy.root / ".env").write_text((copy.root / ".env.example").read_text())
    copy.alembic("upgrade", "head")
    assert (copy.root / "vibe4vets.db").stat().st_size > 0
    assert list(copy.backend.glob("*.db")) == []


def test_the_environment_wins_over_the_env_file(copy: ProjectCopy, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy.root / ".env").write_text("DATABASE_URL=sqlite:///file.db\n")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///environment.db")
    copy.alembic("upgrade", EARLY)
    assert [path.name for path in copy.root.glob("*.db")] == ["environment.db"]


def test_without_any_url_the_command_fails_in_one_line(copy: ProjectCopy) -> None:
    done = copy.run("alembic", "upgrade", "head")
    assert done.returncode != 0
    assert "DATABASE_URL is not set" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@on_sqlite
def test_an_empty_revision_is_made_to_be_filled_in(
    database_url: str, copy: ProjectCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    before = copy.versions()
    copy.alembic("revision", "-m", 'Say "hello" with a \\')
    (made,) = copy.versions() - before
    assert "_say_hello_with_a" in made.name
    for check in (("check", "--no-cache"), ("format", "--check")):
        done = copy.run("ruff", *check, str(made))
        assert done.returncode == 0, done.stdout
    copy.alembic("upgrade", "head")
    engine = observer(str(parse_url(database_url)))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) != HEAD
