"""Configuration: `[tool.dbtasks]`, `.env` and the environment become frozen, checked Settings.

The environment wins over `.env`. Every problem is found before any is reported. This module is the
only one that reads or changes `os.environ`.
"""

import os
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from math import inf
from pathlib import Path
from typing import Any, get_origin

from dbtasks import envfile
from dbtasks.errors import ConfigError
from dbtasks.urls import DatabaseUrl, UrlError, parse_url

Environment = Mapping[str, str]


@dataclass(frozen=True)
class Project:
    """What `[tool.dbtasks]` says: the facts of the project, the same for everyone who works on it."""

    root: Path
    name: str
    alembic_ini: Path
    env_file: Path
    env_example: Path
    python: str = ""
    url_variable: str = "DATABASE_URL"
    working_directory: Path = Path()
    models: str = ""
    seed_command: tuple[str, ...] = ()
    seed_sources: tuple[str, ...] = ()
    serve_command: tuple[str, ...] = ()
    keep_undo: int = 10
    keep_templates: int = 16
    keep_template_bytes: int = 4 * 1024**3
    lock_wait: float = 60.0
    lock_timeout: float = 5.0
    lock_retries: int = 6
    keep_undo_bytes: int = 2 * 1024**3
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """A project together with this machine's variables and the database they name."""

    project: Project
    url: DatabaseUrl
    url_source: str
    variables: Environment = field(repr=False, default_factory=dict)
    declared: tuple[str, ...] = ()  # the names in `.env`
    is_draft: bool = False  # what fails on a draft leaves the project's own database as it was

    def on(self, url: DatabaseUrl) -> "Settings":
        """The same settings, aimed at another database."""
        return replace(self, url=url, is_draft=False)

    def on_draft(self, url: DatabaseUrl) -> "Settings":
        """The same settings, aimed at a database that is built beside the project's own."""
        return replace(self, url=url, is_draft=True)

    def variable(self, name: str, default: str = "") -> str:
        """A variable of the environment or of `.env`."""
        return self.variables.get(name) or default


# The keys of the table: the fields of Project but for its folder, spelled as TOML spells them.
_KEYS = {"project" if one.name == "name" else one.name.replace("_", "-"): one for one in fields(Project)[1:]}
_TYPES = {str: "a string", Path: "a path", tuple: "a list of strings", int: "a whole number", float: "seconds"}


def find_root(start: Path) -> Path:
    """The nearest folder, upwards from `start`, whose pyproject.toml has a `[tool.dbtasks]`.

    Raises:
        ConfigError: there is none.
    """
    for folder in (start, *start.parents):
        if _table(folder / "pyproject.toml") is not None:
            return folder
    raise ConfigError(
        "No project here: no pyproject.toml with a [tool.dbtasks] table.",
        checked=[f"{start} and every folder above it"],
        hint='Go to the project, or add:  [tool.dbtasks]\n        alembic-ini = "alembic.ini"',
    )


def load_project(root: Path) -> Project:
    """Read `[tool.dbtasks]`.

    Raises:
        ConfigError: naming every key that is unknown, of the wrong type, or points nowhere.
    """
    table = _table(root / "pyproject.toml") or {}
    values: dict[str, Any] = {
        "root": root,
        "name": root.name,
        "alembic_ini": root / "alembic.ini",
        "env_file": root / ".env",
        "env_example": root / ".env.example",
        "working_directory": root,
    }
    problems: list[str] = []
    for key, value in table.items():
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, n=1)
            problems.append(f"{key}: unknown key" + (f", did you mean {near[0]}?" if near else ""))
            continue
        kind: Any = get_origin(_KEYS[key].type) or _KEYS[key].type
        try:
            values[_KEYS[key].name] = _value(value, kind, root)
        except (TypeError, ValueError):
            problems.append(f"{key}: should be {_TYPES[kind]}, is {value!r}")
    if not problems and not values["alembic_ini"].is_file():
        problems.append(f"alembic-ini: there is no file {values['alembic_ini']}")
    if problems:
        raise ConfigError(
            f"[tool.dbtasks] in {root / 'pyproject.toml'} has {len(problems)} problem(s).",
            checked=problems,
            hint="Mend pyproject.toml; the keys are " + ", ".join(_KEYS),
        )
    return Project(**values)


def load(project: Project, environment: Environment | None = None) -> Settings:
    """Combine the project with `.env` and the environment, which wins.

    Raises:
        ConfigError: `.env` cannot be read, or no database URL is set.
        UrlError: the URL is malformed; the message says where it was found.
    """
    outside = os.environ if environment is None else environment
    written = envfile.read(project.env_file)
    variables = {**written, **outside}
    name = project.url_variable
    source = "the environment" if outside.get(name) else str(project.env_file)
    text = outside.get(name) or variables.get(name, "")
    if not text:
        raise ConfigError(
            f"{name} is not set, so there is no database to work on.",
            checked=["the environment", str(project.env_file)],
            hint=f"Add a line to {project.env_file.name}:  {name}=sqlite:///{project.name}.db",
        )
    try:
        url = parse_url(text, base=project.root)
    except UrlError as error:
        error.checked = (f"{name} from {source}",)
        raise
    return Settings(project, url, source, variables, tuple(written))


def environment() -> Environment:
    """The process's environment, to be read."""
    return os.environ


def handed_over() -> list[str]:
    """The arguments that a nox session hands over by environment; taken out, so that no child inherits them."""
    return shlex.split(os.environ.pop("DBTASKS_ARGUMENTS", ""))


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment for a program that works on the settings' database, `.env` included."""
    return {**settings.variables, settings.project.url_variable: settings.url.render()}


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", hint=f"Mend {path}, then try again") from error


def _table(path: Path) -> dict[str, Any] | None:
    """The table [tool.dbtasks] of a pyproject.toml; None where there is none.

    Raises:
        ConfigError: it is something else than a table.
    """
    tools = _toml(path).get("tool", {})
    table = tools.get("dbtasks") if isinstance(tools, dict) else tools
    if table is None or isinstance(table, dict):
        return table
    raise ConfigError(
        f"[tool.dbtasks] in {path} is no table.", checked=[f"it is {table!r}"], hint=f"Mend {path}, then try again"
    )


def _value(value: Any, kind: type, root: Path) -> Any:
    """Check one value of the table and turn it into the type of its field."""
    if "\0" in str(value):
        raise ValueError
    if kind is Path and isinstance(value, str):
        return root / value
    if kind is tuple:
        parts = shlex.split(value) if isinstance(value, str) else value
        if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
            return tuple(parts)
    elif kind in {int, float} and isinstance(value, (int, kind)) and not isinstance(value, bool) and 0 <= value < inf:
        return kind(value)
    elif kind is str and isinstance(value, str):
        return value
    raise TypeError
