"""Compare what a build read with what it would read now, in milliseconds and without starting anything."""

import hashlib
import importlib.machinery
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import dbtasks
from dbtasks.config import Settings
from dbtasks.copies.build_record import BuildRecord
from dbtasks.project.observe.hashes import hash_file, hash_names

_INSTALLED = (".dist-info", ".egg-info", ".pth", "sitecustomize.py", "usercustomize.py")
_MODULE_ENDINGS = frozenset(("", *importlib.machinery.all_suffixes()))


class Fingerprints:
    """Hashes of records; each file is looked at once, however many records have it.

    Args:
        settings: whose variables and folders count.
        conditions: whatever else has to be the same: versions, what the server offers.
    """

    def __init__(self, settings: Settings, conditions: Iterable[str]) -> None:
        self._settings = settings
        self._conditions = (dbtasks.__version__, sys.version, *installed(), *conditions)
        self._skip = own_files(settings)
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def digest(self, record: BuildRecord, *more: str) -> str:
        """A hash of everything that a record names, as it is now."""
        found = hashlib.sha256()
        for part in (*self._conditions, *more, *self._parts(record)):
            content = part.encode(errors="surrogateescape")
            found.update(len(content).to_bytes(8, "big"))  # so that two parts never read like one
            found.update(content)
        return found.hexdigest()

    def confirm(self, record: BuildRecord) -> bool:
        """Take what a build saw as what is; False where a file has changed between two looks at it."""
        same = [self._files.setdefault(path, seen) == seen for path, seen in record.files.items() if seen]
        same += [self._folders.setdefault(path, seen) == seen for path, seen in record.folders.items() if seen]
        return all(same)

    def seen_now(self, record: BuildRecord) -> BuildRecord:
        """A record that has just been compared, with what was found."""
        return replace(
            record,
            files={path: self._file(path) for path in record.files},
            folders={path: self._folder(path) for path in record.folders},
        )

    def _parts(self, record: BuildRecord) -> Iterator[str]:
        inside = f"{self._settings.project.root}{os.sep}"
        env_file = str(self._settings.project.env_file)
        for path in sorted(record.files):
            if path != env_file:  # read as a file or not, its variables are what counts
                yield f"file {path.removeprefix(inside)} {self._file(path)} {self._target(path)}"
        for path in sorted(record.folders):
            yield f"folder {path.removeprefix(inside)} {self._folder(path)} {self._target(path)}"
        for path in sorted(record.modules):
            yield f"modules {path.removeprefix(inside)} {' '.join(_found(path, record.modules[path]))}"
        names = set(record.variables)
        if record.is_environment_read or env_file in record.files:
            names |= {*self._settings.declared, *self._settings.project.inputs}
        for name in sorted(names - {self._settings.project.url_variable}):
            yield f"variable {name} {self._settings.variables.get(name)!r}"

    def _file(self, path: str) -> str:
        if path not in self._files:
            self._files[path] = hash_file(path)
        return self._files[path]

    def _folder(self, path: str) -> str:
        if path not in self._folders:
            self._folders[path] = hash_names(path, self._skip)
        return self._folders[path]

    def _target(self, path: str) -> str:
        """Where links lead, empty without any: what is read beside a file may be found from there."""
        folder = os.path.dirname(path)  # noqa: PTH120 (hundreds of times in a cached reset)
        target = _real(folder)
        if os.path.islink(path):  # noqa: PTH114 (hundreds of times in a cached reset)
            target = os.path.realpath(path)
        return "" if target == folder else target


def installed() -> tuple[str, ...]:
    """The packages of every site-packages that Python looks in, with their versions, by the names of their folders."""
    return _installed(tuple(sys.path))


def own_files(settings: Settings) -> tuple[str, ...]:
    """How the paths of our own files begin: the database's, its relatives included, and what is remembered."""
    ours = (str(settings.project.root / ".dbtasks"),)
    if settings.url.engine != "sqlite":
        return ours
    path = settings.url.path
    return (*ours, str(path), str(path.with_name(f".{path.name}.dbtasks")))


@cache
def _installed(places: tuple[str, ...]) -> tuple[str, ...]:
    found: set[str] = set()
    for place in dict.fromkeys(places):
        if Path(place).name in {"site-packages", "dist-packages"} and os.path.isdir(place):  # noqa: PTH112 (see below)
            found.update(name for name in os.listdir(place) if name.endswith(_INSTALLED))  # noqa: PTH208 (names)
    return tuple(sorted(found))


@cache
def _real(folder: str) -> str:
    return os.path.realpath(folder)


def _found(folder: str, modules: set[str]) -> list[str]:
    """Which of some modules a folder has, by the names of their files."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 (names are what is wanted)
    except OSError:
        return []
    return sorted(name for name in names if _is_module(name, modules))


def _is_module(name: str, modules: set[str]) -> bool:
    stem, _dot, _rest = name.partition(".")
    return stem in modules and name[len(stem) :] in _MODULE_ENDINGS
