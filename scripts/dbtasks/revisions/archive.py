"""The source of every revision that was applied, kept where no switch of branches can take it away.

    <memory of the project>/revisions/<revision>.<hash of the text>.py

A revision that was edited after it was applied has several texts. Which of them a database has is noted for that
database; of one that nothing is noted for, it may be any, the newest first.
"""

import ast
import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from dbtasks.local_state import applied_texts, state_directory
from dbtasks.project.messages.revision_header import assigned_names, first_line, read_ids
from dbtasks.pyproject import Project
from dbtasks.revisions.syntax import says_nothing


@dataclass(frozen=True)
class Text:
    """One archived text of a revision."""

    revision: str
    file: Path

    @property
    def parents(self) -> tuple[str, ...]:
        """What it was applied on top of."""
        return read_ids(_parsed(self.file), "down_revision")

    @property
    def dependencies(self) -> tuple[str, ...]:
        """What else had to be there."""
        return read_ids(_parsed(self.file), "depends_on")

    @property
    def message(self) -> str:
        """The first line of its docstring."""
        return first_line(ast.get_docstring(_parsed(self.file)))


class Archive:
    """The archive of one project, as it counts for one database.

    Args:
        project: whose.
        owner: whose note says which texts were applied; nobody's where it is empty.
    """

    def __init__(self, project: Project, owner: str = "") -> None:
        self._project = project
        self._owner = owner
        self._folder = state_directory.folder(project) / "revisions"
        self._all: dict[str, dict[str, Text]] | None = None
        self._noted: dict[str, str] | None = None

    def texts(self, revision: str) -> list[Text]:
        """The text that was applied, or all that may have been, the one archived last first."""
        found = self._read().get(revision, {})
        noted = found.get(self._notes().get(revision, ""))
        return [noted] if noted else list(found.values())

    def knows(self, revision: str) -> bool:
        """Is it noted which text was applied?"""
        return self._notes().get(revision) in self._read().get(revision, {})

    def has(self, revision: str, file: Path) -> bool:
        """May exactly this file have been applied?"""
        name = _name(revision, file.read_bytes())
        return any(text.file.name == name for text in self.texts(revision))

    def keep_text(self, revision: str, file: Path) -> None:
        """Archive a file that is going to be applied, or that was found applied, and note that.

        Raises:
            OSError: the archive cannot be written.
        """
        source = file.read_bytes()
        place = self._folder / _name(revision, source)
        if not place.exists():
            state_directory.write(place, source)
            now = time.time_ns()  # the file system's own clock ticks too slowly to tell two runs apart
            os.utime(place, ns=(now, now))
            texts = self._read()
            texts[revision] = {place.name: Text(revision, place)} | texts.get(revision, {})
        if self._owner and self._notes().get(revision) != place.name:
            applied_texts.add(self._project, self._owner, place.name)
            self._notes()[revision] = place.name

    def _read(self) -> dict[str, dict[str, Text]]:
        if self._all is None:
            self._all = {}
            for file in sorted(_listed(self._folder), key=_age, reverse=True):
                text = Text(_revision_of(file.name), file)
                self._all.setdefault(text.revision, {})[file.name] = text
        return self._all

    def _notes(self) -> dict[str, str]:
        if self._noted is None:
            names = applied_texts.read(self._project, self._owner) if self._owner else []
            self._noted = {_revision_of(name): name for name in names}
        return self._noted


def same_code(one: Path, other: Path, *, but_for: Iterable[str] = ()) -> bool:
    """Do two files do the same, whatever their formatting, comments and docstrings, some variables apart?"""
    return _meaning(one, but_for) == _meaning(other, but_for)


def same_but_moved(one: Path, other: Path) -> bool:
    """Is it the same revision, given another id or another parent?"""
    return same_code(one, other, but_for=("revision", "down_revision", "depends_on")) and _does_something(one)


def _does_something(file: Path) -> bool:
    """Has a function more than a pass: two that do nothing are not the same revision for that."""
    functions = [node for node in _parsed(file).body if isinstance(node, ast.FunctionDef)]
    return any(not says_nothing(part) for function in functions for part in function.body)


def without_way_back(file: Path) -> bool:
    """Does the file do something that it does not take back: no downgrade(), or an empty one?"""
    bodies = {
        node.name: [part for part in node.body if not says_nothing(part)]
        for node in _parsed(file).body
        if isinstance(node, ast.FunctionDef)
    }
    return bool(bodies.get("upgrade")) and not bodies.get("downgrade")


def _meaning(file: Path, but_for: Iterable[str]) -> list[str]:
    tree = _parsed(file)
    left_out = set(but_for)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return [ast.dump(node) for node in tree.body if not assigned_names(node) & left_out]


def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_bytes())


def _name(revision: str, source: bytes) -> str:
    return f"{quote(revision, safe='')}.{hashlib.sha256(source).hexdigest()[:16]}.py"


def _revision_of(name: str) -> str:
    return unquote(name.rsplit(".", 2)[0])


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.glob("*.py"))
    except OSError:
        return []


def _age(file: Path) -> int:
    return file.stat().st_mtime_ns
