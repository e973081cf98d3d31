"""Everything that a built state depends on, found once and hashed again in milliseconds.

Finding the inputs needs Alembic and reads Python; hashing them later needs neither. A state remembers
where its inputs were, so that the next task only has to see whether their names and contents are the
same: the manifest mode of a compiler cache.
"""

import hashlib
import json
import os
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import dbtasks
from dbtasks.config import Project

_LIBRARIES = ("alembic-", "sqlalchemy-", "sqlmodel-", "psycopg2_binary-", "psycopg2-")
_SKIPPED = "__pycache__"


@dataclass(frozen=True)
class Inputs:
    """Folders whose every file counts, and single files.

    Args:
        folders: searched to their bottom.
        files: on their own.
    """

    folders: tuple[str, ...]
    files: tuple[str, ...]

    def digest(self, *conditions: str) -> str:
        """A hash of names and contents, and of the conditions under which the state was built."""
        found = hashlib.sha256()
        for text in (dbtasks.__version__, *_installed(), *conditions):
            _add(found, text.encode())
        for path in sorted({*self._in_folders(), *map(Path, self.files)}):
            _add(found, str(path).encode())
            _add(found, path.read_bytes() if path.is_file() else b"missing")
        return found.hexdigest()

    def to_json(self) -> str:
        """As a template's facts hold it."""
        return json.dumps([self.folders, self.files])

    @classmethod
    def from_json(cls, text: str) -> "Inputs":
        """What `to_json` wrote."""
        folders, files = json.loads(text)
        return cls(tuple(folders), tuple(files))

    def _in_folders(self) -> Iterator[Path]:
        for folder in self.folders:
            for place, inner, names in os.walk(folder):  # Path.walk is younger than Python 3.11
                inner[:] = [name for name in inner if name != _SKIPPED]
                yield from (Path(place, name) for name in names)


def closure(project: Project, start: Iterable[Path]) -> list[Path]:
    """The project's own modules that these files import, directly or not.

    Args:
        project: whose folders are searched for the modules.
        start: Python files; they are not part of the answer unless they are imported.
    """
    places = tuple(dict.fromkeys((project.working_directory, project.alembic_ini.parent, project.root)))
    found: set[Path] = set()
    waiting = [path for path in start if path.suffix == ".py"]
    while waiting:
        for start_folder, name in _imported(waiting.pop()):
            for path in _module_files(name, places if start_folder is None else (start_folder,)):
                if path not in found:
                    found.add(path)
                    waiting.append(path)
    return sorted(found)


def without_classes(path: Path) -> bytes:
    """A module's code but for its classes.

    A table's class changes what autogenerate would write, not what the history does when it runs; a
    naming convention, which is no class, changes both.
    """
    import ast

    tree = ast.parse(path.read_bytes())
    return "\n".join(ast.dump(node) for node in tree.body if not isinstance(node, ast.ClassDef)).encode()


def revision_keys(
    base: str, parents: Mapping[str, tuple[str, ...]], sources: Mapping[str, Iterable[Path]]
) -> dict[str, str]:
    """A key for each revision: a hash of everything that made the state which ends in it.

    Args:
        base: what all states have in common.
        parents: of each revision, parents before children.
        sources: the file of each revision, and the modules that it imports.
    """
    keys: dict[str, str] = {}
    for revision, above in parents.items():
        found = hashlib.sha256()
        _add(found, base.encode())
        _add(found, revision.encode())
        for parent in sorted(above):
            _add(found, keys[parent].encode())
        for path in sources[revision]:
            _add(found, path.read_bytes())
        keys[revision] = found.hexdigest()
    return keys


def _add(found: "hashlib._Hash", part: bytes) -> None:
    """Hash a part together with its length, so that two parts never read like one."""
    found.update(len(part).to_bytes(8, "big"))
    found.update(part)


@cache
def _installed() -> tuple[str, ...]:
    """The versions of the libraries that turn a history into a schema, from the names of their folders."""
    place = Path(sysconfig.get_path("purelib"))
    return tuple(sorted(path.name for path in place.glob("*.dist-info") if path.name.startswith(_LIBRARIES)))


@cache
def _imported(path: Path) -> tuple[tuple[Path | None, str], ...]:
    """The modules that a file imports, each with the folder a relative import starts from."""
    import ast

    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ()  # whoever runs the file will say what is wrong with it
    names: list[tuple[Path | None, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [(None, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = path.parents[node.level - 1] if node.level else None
            stem = f"{node.module}." if node.module else ""
            names += [(start, f"{stem}{alias.name}") for alias in node.names]
    return tuple(names)


def _module_files(name: str, places: Iterable[Path]) -> Iterator[Path]:
    """The file of a module and the `__init__` of each package above it, where they are the project's."""
    parts = name.split(".")
    for place in places:
        for length in range(1, len(parts) + 1):
            stem = place.joinpath(*parts[:length])
            for path in (stem / "__init__.py", stem.with_name(f"{stem.name}.py")):
                if path.is_file():
                    yield path
