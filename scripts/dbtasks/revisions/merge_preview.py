"""Heads that nobody has yet: each branch has one, and their merge would have two.

git merges the files without a conflict, because each branch has added a file of its own. So the other
branch's revisions are read from git, without checking them out and without running them.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbtasks import process
from dbtasks.errors import MigrationError, ProcessError
from dbtasks.project.messages.revision_header import first_line, read_ids
from dbtasks.project.messages.values import Revision
from dbtasks.revisions.authors import Origin, origins
from dbtasks.revisions.history import History


@dataclass(frozen=True)
class Crossing:
    """The heads of the history after a merge with another branch: on which side each is, and where it comes from."""

    ref: str
    heads: tuple[tuple[str, Revision, Origin], ...]

    @property
    def collides(self) -> bool:
        """Would the merged history have several heads?"""
        return len(self.heads) > 1

    def facts(self) -> dict[str, Any]:
        """For programs."""
        heads = [
            {"id": head.id, "message": head.message, "side": side, "author": origin.author, "date": origin.date}
            for side, head, origin in self.heads
        ]
        return {"against": self.ref, "collides": self.collides, "heads": heads}


def crossing(history: History, ref: str) -> Crossing:
    """Merge the histories in thought.

    Raises:
        MigrationError: there is no git, no such ref, or one of its revisions cannot be read.
    """
    if not history:
        return Crossing(ref, ())
    folder = history.revisions[0].file.parent
    try:
        changed = dict(_changed(folder, ref))
        theirs = {file: _read(folder, ref, file) for file, kind in changed.items() if kind != "D"}
    except ProcessError as error:
        raise MigrationError(
            f"git does not tell the revisions of {ref}.", checked=error.checked, hint=f"git fetch, then: git log {ref}"
        ) from error
    gone = {file for file, kind in changed.items() if kind == "D"}
    merged = {key: revision for key, revision in history.by_id.items() if revision.file not in gone}
    merged.update({revision.id: revision for revision in theirs.values() if revision is not None})
    parents = {parent for revision in merged.values() for parent in revision.parents}
    heads = [revision for revision in merged.values() if revision.id not in parents]
    known = {"here": origins(folder), ref: origins(folder, ref)}
    sides = [("here" if head.id in history else ref, head) for head in heads]
    return Crossing(ref, tuple((side, head, known[side].get(head.file, Origin())) for side, head in sides))


def _changed(folder: Path, ref: str) -> Iterator[tuple[Path, str]]:
    """What the other branch did to the revisions since the two parted: file, and A, M or D."""
    root = Path(process.run(["git", "rev-parse", "--show-toplevel"], folder=folder).strip())
    command = ["git", "-c", "core.quotePath=false", "diff", "--name-status", "--no-renames", f"HEAD...{ref}", "--", "."]
    for line in process.run(command, folder=folder).splitlines():
        kind, _, name = line.partition("\t")
        if name.endswith(".py"):
            yield root / name, kind


def _read(folder: Path, ref: str, file: Path) -> Revision | None:
    """A revision as another branch has it; None for a file that is none."""
    text = process.run(["git", "show", f"{ref}:./{file.relative_to(folder)}"], folder=folder)
    try:
        tree = ast.parse(text)
        revision, down, depends = (read_ids(tree, name) for name in ("revision", "down_revision", "depends_on"))
    except (SyntaxError, ValueError) as error:
        raise MigrationError(f"{file.name} of {ref} cannot be read: {error}.", hint=f"Mend it on {ref}") from error
    message = first_line(ast.get_docstring(tree))
    return next((Revision(name, (*down, *depends), message, file, is_head=False) for name in revision), None)
