"""Heads that nobody has yet: each branch has one, and their merge would have two.

git merges the files without a conflict, because each branch has added a file of its own. So the other
branch's revisions are read from git, without checking them out and without running them.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbtasks import process
from dbtasks.errors import MigrationError, ProcessError
from dbtasks.project.messages import Revision
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
    here, there = origins(folder), origins(folder, ref)
    return Crossing(ref, tuple(_told(head, history, ref, here, there) for head in heads))


def _told(
    head: Revision,
    ours: History,
    ref: str,
    here: Mapping[Path, Origin],
    there: Mapping[Path, Origin],
) -> tuple[str, Revision, Origin]:
    side = "here" if head.id in ours else ref
    known = here if side == "here" else there
    return side, head, known.get(head.file, Origin())


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
        values = dict(_assigned(tree))
    except (SyntaxError, ValueError) as error:
        raise MigrationError(f"{file.name} of {ref} cannot be read: {error}.", hint=f"Mend it on {ref}") from error
    if not isinstance(values.get("revision"), str):
        return None
    message = (ast.get_docstring(tree) or "").partition("\n")[0].rstrip(".")
    parents = (*_several(values.get("down_revision")), *_several(values.get("depends_on")))
    return Revision(values["revision"], parents, message, file, is_head=False)


def _assigned(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    names = {"revision", "down_revision", "depends_on"}
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name) and target.id in names:
                    yield target.id, ast.literal_eval(node.value)


def _several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())
