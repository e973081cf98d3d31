"""A database on each engine, the history on it, and the API and the seeds over it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import ROOT
from app.database import engine, engine_for
from app.seeds.__main__ import main as seed
from tests.backend.history import History
from tests.backend.project import ProjectCopy


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.docker)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database on each engine in turn, named by `DATABASE_URL`."""
    url = f"sqlite:///{tmp_path}/test.db" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))
    monkeypatch.setenv("DATABASE_URL", url)
    yield url
    engine().dispose()
    engine_for.cache_clear()


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.docker)], indirect=True
)


@pytest.fixture
def history(database_url: str, tmp_path: Path) -> History:
    folder = tmp_path / "versions"
    folder.mkdir()
    return History(database_url, folder)


@pytest.fixture
def migrated(history: History) -> History:
    history.upgrade()
    return history


@pytest.fixture
def seeded(migrated: History, capsys: pytest.CaptureFixture[str]) -> History:
    assert seed([]) == 0
    capsys.readouterr()
    return migrated


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectCopy:
    """The project in a folder of its own, without a `.env`, and an environment without `DATABASE_URL`."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    root = tmp_path / "project"
    root.mkdir()
    shutil.copytree(ROOT / "backend", root / "backend", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", ".env.example"):
        shutil.copy(ROOT / name, root)
    return ProjectCopy(root)
