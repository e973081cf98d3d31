"""Where Alembic runs: as it would by hand, and nothing of that is left afterwards."""

import os
import sys
from pathlib import Path

import pytest

from dbtasks.project.messages.values import WorkerSettings
from dbtasks.project.worker.scripts import at_home

VARIABLES = {"DATABASE_URL": "sqlite:////elsewhere.db", "TOKEN": "of the project"}


def settings(root: Path) -> WorkerSettings:
    ini = root / "backend" / "alembic.ini"
    ini.parent.mkdir()
    url = VARIABLES["DATABASE_URL"]
    return WorkerSettings(root, ini, url, "DATABASE_URL", url, "sqlite", 1.0, 1, False, VARIABLES)


def test_the_projects_code_finds_its_folder_and_its_variables(tmp_path: Path) -> None:
    with at_home(settings(tmp_path)):
        assert Path.cwd() == tmp_path / "backend"
        assert {name: os.environ[name] for name in VARIABLES} == VARIABLES


def test_folder_variables_and_path_are_put_back_even_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///before.db")
    before = (Path.cwd(), dict(os.environ), list(sys.path))

    with pytest.raises(ZeroDivisionError), at_home(settings(tmp_path)):
        sys.path.insert(0, ".")
        raise ZeroDivisionError

    assert (Path.cwd(), dict(os.environ), sys.path) == before


def test_nothing_is_left_where_the_folder_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///before.db")
    home = settings(tmp_path)
    home.alembic_ini.parent.rmdir()
    before = (Path.cwd(), dict(os.environ), list(sys.path))

    with pytest.raises(FileNotFoundError), at_home(home):
        pass

    assert (Path.cwd(), dict(os.environ), sys.path) == before
