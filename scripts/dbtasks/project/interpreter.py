"""Which Python runs the project's code: the one that has the project's Alembic."""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dbtasks import process
from dbtasks.config import Settings
from dbtasks.errors import ConfigError, ProcessError

_BESIDE = (".venv", "venv")
_ASKED = {  # a tool keeps its environment elsewhere; its file -> the command that says where
    "poetry.lock": ("poetry", "env", "info", "--executable"),
    "pdm.lock": ("pdm", "info", "--python"),
    "Pipfile": ("pipenv", "--py"),
}


@dataclass(frozen=True)
class Interpreter:
    """A Python, and how it was found, in words."""

    path: Path
    source: str


def find_interpreter(settings: Settings) -> Interpreter:
    """The Python that runs env.py, revisions, models and seeds.

    That is the one named in `[tool.dbtasks]`; else the first of these that has Alembic: the active environment,
    one beside the project, the one that uv, Poetry, PDM or Pipenv keeps for it, and our own.

    Raises:
        ConfigError: the one that is named is not there, or none has Alembic.
    """
    if settings.project.python:
        named = settings.project.root / settings.project.python
        if not os.access(named, os.X_OK) or named.is_dir():
            raise ConfigError(
                f"python in [tool.dbtasks] is {named}, which is no program.",
                hint='Name the Python of the project\'s environment, as in  python = ".venv/bin/python"',
            )
        return Interpreter(named, "python in [tool.dbtasks]")
    looked_at = []
    for found in _candidates(settings.project.root, settings.variables):
        if has_alembic(found.path):
            return found
        looked_at.append(f"{found.path} ({found.source}) has no alembic")
    raise ConfigError(
        "No Python with Alembic was found to run the project's code.",
        checked=looked_at,
        hint='Install the project\'s requirements, or name its Python in [tool.dbtasks]: python = ".venv/bin/python"',
    )


def has_alembic(python: Path) -> bool:
    """Is Alembic installed for a Python, as far as its folders tell? Starting it to ask would cost 20 ms."""
    if _is_own(python):
        return any((Path(entry) / "alembic").is_dir() for entry in sys.path if entry)
    home = python.parent.parent
    places = [*home.glob("lib/python3*/site-packages"), *home.glob("lib/python3*/dist-packages")]
    return any((place / "alembic").is_dir() for place in places)


def _candidates(root: Path, variables: Mapping[str, str]) -> Iterator[Interpreter]:
    places = [(variables.get(name, ""), name) for name in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "CONDA_PREFIX")]
    places += [(name, f"{name} beside the project") for name in _BESIDE]
    for place, source in places:
        python = root / place / "bin" / "python"
        if place and python.exists():
            yield Interpreter(python, source)
    for file, command in _ASKED.items():
        if (root / file).exists():
            yield from _asked(root, command)
    yield Interpreter(Path(sys.executable), "the Python of dbtasks")


def _asked(root: Path, command: tuple[str, ...]) -> Iterator[Interpreter]:
    try:
        said = process.run(command, folder=root).strip()
    except ProcessError:
        return
    python = Path(said.splitlines()[-1]) if said else Path()
    if python.is_file():
        yield Interpreter(python, " ".join(command))


def _is_own(python: Path) -> bool:
    """Is it the environment that this process runs in? A link to the same program in another folder is not."""
    return python.parent.parent.resolve() == Path(sys.prefix).resolve()
