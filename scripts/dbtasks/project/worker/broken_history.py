"""Why a history cannot be loaded: the file and the line, found without running any of it."""

import ast
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..messages.failures import WorkerError
from ..messages.revision_header import read_ids


@dataclass(frozen=True)
class _Header:
    """What a file of the history says of itself."""

    file: Path
    revision: str
    parents: tuple[str, ...]


def error_of(folders: Sequence[Path], error: BaseException | None = None) -> WorkerError | None:
    """What is wrong with a history that was not loaded, or not without a warning; None when nothing is found."""
    headers: list[_Header] = []
    for file in (file for folder in folders for file in sorted(folder.rglob("*.py"))):
        try:
            headers.extend(_header(file))
        except (OSError, SyntaxError, ValueError) as problem:
            return _unreadable(file, problem)
    found = _duplicate(headers) or _without_parent(headers) or _cycle(headers)
    if found is not None or error is None:
        return found
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_below(frame.filename, folders)]
    place = [f"{frames[-1].filename}:{frames[-1].lineno}: {frames[-1].line}"] if frames else [*map(str, folders)]
    name = Path(frames[-1].filename).name if frames else "The history"
    return WorkerError(
        "history",
        f"{name} cannot be loaded: {type(error).__name__}: {error}",
        checked=place,
        hint=_mend(place[0].split(":")[0]),
    )


def _header(file: Path) -> Iterator[_Header]:
    tree = ast.parse(file.read_bytes(), str(file))
    for revision in _ids(tree, "revision"):
        yield _Header(file, revision, _ids(tree, "down_revision"))


def _ids(tree: ast.Module, name: str) -> tuple[str, ...]:
    try:
        return read_ids(tree, name)
    except ValueError:
        return ()  # it is computed, and nothing here can say how


def _unreadable(file: Path, problem: Exception) -> WorkerError:
    line = f":{problem.lineno}" if isinstance(problem, SyntaxError) and problem.lineno else ""
    reason = problem.msg if isinstance(problem, SyntaxError) else problem
    return WorkerError("history", f"{file.name} cannot be read: {reason}", checked=[f"{file}{line}"], hint=_mend(file))


def _duplicate(headers: Iterable[_Header]) -> WorkerError | None:
    known: dict[str, Path] = {}
    for header in headers:
        if header.revision in known:
            return WorkerError(
                "history",
                f"Two files are revision {header.revision}.",
                checked=[str(known[header.revision]), str(header.file)],
                hint="Give one of them another id, or remove it; then: nox -s history",
            )
        known[header.revision] = header.file
    return None


def _without_parent(headers: Sequence[_Header]) -> WorkerError | None:
    known = {header.revision for header in headers}
    for header in headers:
        for parent in header.parents:
            if parent not in known:
                return WorkerError(
                    "history",
                    f"Revision {header.revision} is built on {parent}, which is not in this checkout.",
                    checked=[f"{header.file}: down_revision", f"{len(known)} revisions in the history"],
                    hint=f"git log --all --oneline -S{parent}   finds the commit that has it",
                )
    return None


def _cycle(headers: Iterable[_Header]) -> WorkerError | None:
    left: Mapping[str, _Header] = {header.revision: header for header in headers}
    while True:
        free = [name for name, header in left.items() if not any(parent in left for parent in header.parents)]
        if not free:
            break
        left = {name: header for name, header in left.items() if name not in free}
    if not left:
        return None
    names = ", ".join(sorted(left))
    return WorkerError(
        "history",
        f"The revisions {names} are built on each other in a circle.",
        checked=[str(header.file) for header in left.values()],
        hint="Mend a down_revision; then: nox -s history",
    )


def _is_below(file: str, folders: Sequence[Path]) -> bool:
    return any(folder in Path(file).resolve().parents for folder in folders)


def _mend(file: object) -> str:
    return f"Mend {file}; then: nox -s history"
