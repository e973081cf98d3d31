"""What is known about SQLite files and does not stand in them: label and git branch.

    notes/<device>-<inode>.json     of one file; a copy of the file has another inode, so it has no label
    production.json                 whatever file stands at the path is production

A file's note has two halves: what it says as the database itself, and what it says as a relative. A half is
written before the rename or link by which it begins to count, so a task that is killed in between has
changed nothing: the other half goes on to count for the file where it still is.
"""

import errno
import json
import os
import re
from collections.abc import Callable, Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from dbtasks.databases.label_and_branch import LabelAndBranch, read_label
from dbtasks.databases.protocol import Label
from dbtasks.databases.sqlite.connection import explain_file_error, open_connection
from dbtasks.databases.sqlite.file_identity import FileIdentity, identify
from dbtasks.databases.sqlite.header_label import read_header_label
from dbtasks.databases.sqlite.plain_files import drop, is_file, is_folder, say_foreign, write_json
from dbtasks.databases.sqlite.sidecar_folder import SIDECARS, SidecarFolder, database_name

Half = Literal["database", "relative"]
BOTH: tuple[Half, Half] = ("database", "relative")  # where the half for the other place is of no use yet

_UNFINISHED = "notes.{}"
_NAME = re.compile(r"\d+-\d+\.json(\.new)?")


class Notes:
    """The notes in one sidecar folder."""

    def __init__(self, sidecar: SidecarFolder) -> None:
        self._sidecar = sidecar
        self._folder = sidecar.folder / "notes"
        self._production = sidecar.folder / "production.json"

    def read(self, path: Path, half: Half) -> LabelAndBranch | None:
        """What the note of the file at a path says; None where there is none for exactly this file."""
        identity = identify(path)
        return None if identity is None else _note(self._content(identity).get(half))

    def write(self, path: Path, halves: Collection[Half], note: LabelAndBranch) -> None:
        """Replace one half of the note of the file at a path, or both.

        Args:
            path: the file.
            halves: of its note; one that says so already is not written again.
            note: what they say from now on.

        Raises:
            DatabaseError: it cannot be written, or something of somebody else is in the way.
        """
        identity = identify(path)
        if identity is None:
            raise explain_file_error(path, FileNotFoundError(2, "No such file"))
        self.prepare()
        content = self._content(identity)
        if all(half in content and _note(content[half]) == note for half in halves):
            return
        changed: dict[str, Any] = {half: asdict(note) for half in halves}
        write_json(self._file(identity), {"born": identity.born, **content, **changed})

    def forget(self, identity: FileIdentity | None) -> None:
        """Remove the note of a file that has no name left."""
        if identity is not None and self._is_there():
            # The work is done by now; a note that stays counts for no other file, and tidy() names it.
            drop(lambda: self._file(identity).unlink(missing_ok=True), self._file(identity))

    def production(self) -> Label | None:
        """The label that stays with the path."""
        if not self._sidecar.is_there():
            return None
        if not is_file(self._production):
            return None
        content = _read(self._production) or {}
        return Label("production", str(content.get("project", "")))

    def set_production(self, label: Label | None) -> None:
        """Let the path be production from now on, or no longer."""
        if label is None:
            try:
                self._production.unlink(missing_ok=True)
            except OSError as error:
                raise explain_file_error(self._production, error) from error
            return
        self.prepare()
        write_json(self._production, {"project": label.project})

    def is_old(self) -> bool:
        """Was the sidecar folder made by a version that kept the label in the file's header, and by no later one?"""
        return self._sidecar.lock_file.is_file() and not self._folder.exists()

    def start(self) -> None:
        """Begin a sidecar folder, so that labels in headers, which came with a copy, do not count."""
        if not self._sidecar.lock_file.exists():
            self._sidecar.make(self._folder)

    def tidy(self, skipped: Callable[[str], None]) -> None:
        """Remove the notes of files that are neither the database nor a relative."""
        if not self._sidecar.is_there():
            return  # the sidecar folder's own tidy() says why
        unfinished = [folder for folder in self._sidecar.folder.glob(_UNFINISHED.format("*")) if is_folder(folder)]
        for folder in unfinished:
            self._drop_but(set(), folder, skipped)
            if next(folder.iterdir(), None) is None:
                drop(folder.rmdir, folder, skipped)
        if is_folder(self._folder):
            known = {f"{identity.key}.json" for path in self._sidecar.files() if (identity := identify(path))}
            self._drop_but(known, self._folder, skipped)
        elif os.path.lexists(self._folder):
            skipped(say_foreign(self._folder))

    def _drop_but(self, known: set[str], folder: Path, skipped: Callable[[str], None]) -> None:
        for file in folder.iterdir():
            if not _NAME.fullmatch(file.name) or not is_file(file):
                skipped(say_foreign(file))
            elif file.name not in known:
                drop(file.unlink, file, skipped)

    def prepare(self) -> None:
        """Make the folder; labels in headers stop to count with it, so the database's is noted in the same step.

        It opens the database, so it comes before anything that holds it still.
        """
        if self._folder.exists() or not self.is_old() or not self._sidecar.database.exists():
            self._sidecar.make(self._folder)
            return
        with open_connection(self._sidecar.database) as connection:
            label = read_header_label(connection)
        identity = identify(self._sidecar.database)
        draft = self._sidecar.folder / _UNFINISHED.format(os.urandom(4).hex())
        self._sidecar.make(draft)
        if label is not None and identity is not None:
            content = {"born": identity.born, "database": asdict(LabelAndBranch(label))}
            write_json(draft / self._file(identity).name, content)
        try:
            draft.rename(self._folder)
        except OSError as error:
            raise explain_file_error(self._folder, error) from error

    def _is_there(self) -> bool:
        return self._sidecar.is_there() and is_folder(self._folder)

    def _file(self, identity: FileIdentity) -> Path:
        return self._folder / f"{identity.key}.json"

    def _content(self, identity: FileIdentity) -> dict[str, Any]:
        """The note, if it was written about this very file and not about an earlier one on the same inode."""
        if not self._is_there():
            return {}
        content = _read(self._file(identity)) or {}
        return content if content.get("born") == identity.born else {}


def find_moved(path: Path) -> LabelAndBranch | None:
    """What the sidecar folder of another path in the same folder says of this very file: it was moved, or linked."""
    own = SidecarFolder(path)
    for folder in filter(database_name, sorted(path.parent.glob(SIDECARS))):
        sidecar = SidecarFolder(folder.with_name(database_name(folder)))
        note = None if sidecar.folder == own.folder else Notes(sidecar).read(path, "database")
        if note is not None:
            return note
    return None


def _read(file: Path) -> dict[str, Any] | None:
    """A note; None where there is none. It is written in one step, so it is whole or it is not ours.

    Raises:
        DatabaseError: it is there and cannot be read; to take it for missing would overwrite it.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, encoding="utf-8") as opened:
            content = json.load(opened)
    except (FileNotFoundError, ValueError):
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:  # a symbolic link
            return None
        raise explain_file_error(file, error) from error
    return content if isinstance(content, dict) else None


def _note(content: Any) -> LabelAndBranch | None:
    if not isinstance(content, dict):
        return None
    branch = content.get("branch")
    return LabelAndBranch(read_label(content.get("label")), branch if isinstance(branch, str) else "")
