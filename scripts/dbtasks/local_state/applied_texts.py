"""Which archived text of each revision a database has: noted for the very database, whatever it is called later.

    <memory of the project>/revisions/applied/<hash of the owner>    the names of archived files; the last one counts

A note's owner is a database, by what no other one has, or what a template was built from. A copy of a database is
another one, so whoever makes the copy carries the note over.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from dbtasks.databases.protocol import Reading
from dbtasks.errors import DatabaseError
from dbtasks.local_state import state_directory
from dbtasks.pyproject import Project

MOST = 1000  # notes; drafts and scratch databases have one each, so the least recently used go


def read(project: Project, owner: str) -> list[str]:
    """The names of the archived files, in the order in which they were noted; none where nothing is known."""
    try:
        return _file(project, owner).read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return []


def add(project: Project, owner: str, name: str) -> None:
    """Note a text that is going to be applied.

    Raises:
        OSError: it cannot be noted.
    """
    file = _file(project, owner)
    if not file.exists():
        _make_room(file.parent)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"\n{name}\n".encode())  # on a line of its own, even after a line that was cut off
    finally:
        os.close(descriptor)


def carry(project: Project, source: str, target: str) -> bool:
    """Note for a copy what is noted for its source; False where that is nothing, or where it cannot be noted."""
    known, copy = _file(project, source), _file(project, target)
    try:
        content = known.read_bytes()
        os.utime(known)
        _make_room(copy.parent)
        state_directory.write(copy, content)
    except OSError:
        return False
    return True


def owner_of(database: Reading) -> str:
    """Whose note says which texts a database has; nobody's where there is no such database."""
    try:
        return database.identity()
    except DatabaseError:
        return ""


def carry_to_copy(project: Project, source: Reading, copy: Reading) -> None:
    """Note for a copy of a database what is noted for that."""
    carry(project, owner_of(source), owner_of(copy))


def _make_room(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    notes = list(folder.iterdir())
    if len(notes) < MOST:
        return
    with suppress(OSError):  # another task may make room as well
        for note in sorted(notes, key=lambda file: file.stat().st_mtime_ns)[: len(notes) - MOST + 1]:
            note.unlink(missing_ok=True)


def _file(project: Project, owner: str) -> Path:
    place = hashlib.sha256(owner.encode()).hexdigest()[:32]
    return state_directory.folder(project) / "revisions" / "applied" / place
