"""The table `[tool.dbtasks]` of pyproject.toml: where it is, and what it says of the project."""

import shlex
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from itertools import takewhile
from math import inf
from pathlib import Path
from typing import Any, get_origin

from dbtasks.errors import ConfigError


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


# The keys of the table: the fields of Project but for its folder, spelled as TOML spells them.
_KEYS = {"project" if one.name == "name" else one.name.replace("_", "-"): one for one in fields(Project)[1:]}
_AIM = {"env-file", "url-variable"}  # these say which database it is
_TYPES = {str: "a string", Path: "a path", tuple: "a list of strings", int: "a whole number", float: "seconds"}


def find_root(start: Path) -> Path:
    """The nearest folder, upwards from `start`, whose pyproject.toml has a `[tool.dbtasks]`.

    Raises:
        ConfigError: there is none.
    """
    for folder in (start, *start.parents):
        try:
            found = _table(folder / "pyproject.toml")
        except ConfigError:
            found = _table_alone(folder / "pyproject.toml")
            if found is None:
                raise
        if found is not None:
            return folder
    raise ConfigError(
        "No project here: no pyproject.toml with a [tool.dbtasks] table.",
        checked=[f"{start} and every folder above it"],
        hint='Go to the project, or add:  [tool.dbtasks]\n        alembic-ini = "alembic.ini"',
    )


def load_project(root: Path, damages: list[str] | None = None) -> Project:
    """Read `[tool.dbtasks]`.

    Args:
        root: the folder of pyproject.toml.
        damages: where given, what is wrong is added to it, and the default holds; a limit that cannot be read is
            none, so that nothing is dropped for it. What says which database it is has to be right all the same.

    Raises:
        ConfigError: naming every key that is unknown, of the wrong type, or points nowhere.
    """
    path, problems = root / "pyproject.toml", list[str]()
    try:
        table = _table(path) or {}
    except ConfigError as error:
        alone = _table_alone(path)
        if damages is None or alone is None:
            raise
        damages.append(error.message)
        table = alone
    values, aimed = _read_values(table, root, problems)
    if problems and (damages is None or not aimed):
        raise ConfigError(
            f"[tool.dbtasks] in {path} has {len(problems)} problem(s).",
            checked=problems,
            hint="Mend pyproject.toml; the keys are " + ", ".join(_KEYS),
        )
    if damages is not None:
        damages += [f"{path}: {problem}" for problem in problems]
    return Project(**values)


def _read_values(table: Mapping[str, Any], root: Path, problems: list[str]) -> tuple[dict[str, Any], bool]:
    """The fields of Project, and whether those that say which database it is can be trusted."""
    values: dict[str, Any] = {
        "root": root,
        "name": root.name,
        "alembic_ini": root / "alembic.ini",
        "env_file": root / ".env",
        "env_example": root / ".env.example",
        "working_directory": root,
    }
    aimed = True
    for key, value in table.items():
        name = key if key in _KEYS else next(iter(get_close_matches(key, _KEYS, n=1)), "")
        if key not in _KEYS:
            problems.append(f"{key}: unknown key" + (f", did you mean {name}?" if name else ""))
            aimed = aimed and name not in _AIM
            continue
        kind: Any = get_origin(_KEYS[key].type) or _KEYS[key].type
        try:
            values[_KEYS[key].name] = _value(value, kind, root)
        except (TypeError, ValueError):
            problems.append(f"{key}: should be {_TYPES[kind]}, is {value!r}")
            aimed = aimed and name not in _AIM
            if key.startswith("keep-"):
                values[_KEYS[key].name] = sys.maxsize
    if not problems and not values["alembic_ini"].is_file():
        problems.append(f"alembic-ini: there is no file {values['alembic_ini']}")
    return values, aimed


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", hint=f"Mend {path}, then try again") from error


def _table_alone(path: Path) -> dict[str, Any] | None:
    """The table [tool.dbtasks] of a file that is no TOML as a whole, as with a conflict of git in another table."""
    try:
        lines = iter(path.read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return None
    if "[tool.dbtasks]" not in (line.strip() for line in lines):  # which leaves those after it
        return None
    try:
        return tomllib.loads("\n".join(takewhile(lambda line: not line.startswith("["), lines)))
    except tomllib.TOMLDecodeError:
        return None


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
