"""The folder for what dbtasks has to remember about a project: outside tracked files, one for all worktrees."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dbtasks import atomic_file, git
from dbtasks.pyproject import Project


def folder(project: Project) -> Path:
    """Where the project's memory lives: in git's own folder, or beside pyproject.toml where there is no git.

    The folder is not made yet.
    """
    return _folder(project.root, project.name)


def write(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner alone, its folder included.

    Raises:
        OSError: the place cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file.replace(file, mode=0o600) as draft:
        draft.write_bytes(content)


def read_json(file: Path) -> Any:
    """What a JSON file holds; None where there is none that can be read."""
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None


@cache
def _folder(root: Path, name: str) -> Path:
    shared = git.common_folder(root)
    if shared is not None:
        return shared / "dbtasks" / quote(name, safe="")
    own = root / ".dbtasks"
    if not (own / ".gitignore").exists():
        # Should this become a repository one day, the memory is still nobody else's business.
        _try_write(own / ".gitignore", b"*\n")
    return own


def _try_write(file: Path, content: bytes) -> None:
    try:
        write(file, content)
    except OSError:
        return  # whoever has something to remember will say so
