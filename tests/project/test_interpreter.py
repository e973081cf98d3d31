"""Which Python runs the project's code."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dbtasks.config import Settings
from dbtasks.errors import ConfigError
from dbtasks.project.interpreter import find_interpreter, has_alembic
from tests.fixtures.projects import Project


def environment(folder: Path, *packages: str) -> Path:
    """An environment as venv makes it, with empty packages; its Python."""
    for package in packages:
        (folder / "lib" / "python3.12" / "site-packages" / package).mkdir(parents=True)
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    return python


def program(folder: Path, name: str, says: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho '{says}'\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def settings(example: Callable[..., Project]) -> Settings:
    found = example("linear").settings
    return replace(found, variables={"PATH": "/usr/bin:/bin"})


def test_the_one_that_is_named_comes_before_all_others(settings: Settings) -> None:
    environment(settings.project.root / ".venv", "alembic")
    named = environment(settings.project.root / "other")
    pinned = replace(settings, project=replace(settings.project, python=str(named)))

    assert find_interpreter(pinned).path == named


def test_one_that_is_named_and_is_not_there_is_said_to_be_missing(settings: Settings) -> None:
    pinned = replace(settings, project=replace(settings.project, python="none"))

    with pytest.raises(ConfigError, match=r"python in \[tool.dbtasks\] is .*none, which is no program"):
        find_interpreter(pinned)


@pytest.mark.parametrize("variable", ["VIRTUAL_ENV", "CONDA_PREFIX"])
def test_the_active_environment_comes_before_the_one_beside_the_project(settings: Settings, variable: str) -> None:
    environment(settings.project.root / ".venv", "alembic")
    active = environment(settings.project.root / "active", "alembic")

    found = find_interpreter(replace(settings, variables={variable: str(active.parent.parent)}))

    assert (found.path, found.source) == (active, variable)


def test_an_active_environment_without_alembic_is_not_the_projects(settings: Settings) -> None:
    beside = environment(settings.project.root / ".venv", "alembic")
    active = environment(settings.project.root / "tool", "ruff")

    assert find_interpreter(replace(settings, variables={"VIRTUAL_ENV": str(active.parent.parent)})).path == beside


@pytest.mark.parametrize(("lock", "command"), [("poetry.lock", "poetry"), ("pdm.lock", "pdm"), ("Pipfile", "pipenv")])
def test_a_tool_that_keeps_the_environment_elsewhere_is_asked(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, lock: str, command: str
) -> None:
    elsewhere = environment(settings.project.root.parent / "elsewhere", "alembic")
    (settings.project.root / lock).touch()
    program(settings.project.root / "programs", command, str(elsewhere))
    monkeypatch.setenv("PATH", f"{settings.project.root / 'programs'}:/usr/bin:/bin")

    assert find_interpreter(settings).path == elsewhere


def test_a_tool_that_is_not_installed_is_passed_over(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings.project.root / "poetry.lock").touch()
    monkeypatch.setenv("PATH", "/nowhere")

    assert find_interpreter(settings).path == Path(sys.executable)


def test_without_any_other_it_is_our_own(settings: Settings) -> None:
    assert find_interpreter(settings).path == Path(sys.executable)


def test_where_none_has_alembic_each_that_was_looked_at_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = environment(settings.project.root / ".venv", "ruff")
    monkeypatch.setattr(sys, "path", [])

    with pytest.raises(ConfigError, match="No Python with Alembic") as refused:
        find_interpreter(settings)

    assert f"{beside} (.venv beside the project) has no alembic" in refused.value.checked


def test_a_link_to_our_python_in_another_environment_is_not_our_environment(settings: Settings) -> None:
    assert not has_alembic(environment(settings.project.root / "bare"))
    assert has_alembic(Path(sys.executable))
