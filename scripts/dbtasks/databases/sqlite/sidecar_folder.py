"""The folder beside a SQLite database that holds its relatives.

    .vibe4vets.db.dbtasks/
        .gitignore                      all of it
        lock                            who is at work
        notes/, production.json         labels and branches, see `notes`
        drafts/<id>.sqlite3             being built; garbage once its maker is gone
        kept/<id>/about.json            why this one is kept
        kept/<id>/database.sqlite3      the former state, snapshot or template itself

The folder is on the database's own file system, so that a rename or a hard link is all a swap costs. Nothing
in it is looked for through a symbolic link, and only what stands in this plan is ever removed.
"""

import json
import os
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

from dbtasks.databases.file_kinds import SQLITE_MAGIC
from dbtasks.databases.kept_states import read_about, write_about
from dbtasks.databases.protocol import About, Kept
from dbtasks.databases.sqlite.connection import explain_file_error
from dbtasks.databases.sqlite.plain_files import drop, is_file, is_folder, remove_database, say_foreign, write_json
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl

_DATABASE = "database.sqlite3"
_DRAFT = re.compile(r"[0-9a-f]{16}\.sqlite3")
_ABOUT = "about.json"
_BEGINNING, _ENDING = ".", ".dbtasks"
SIDECARS = f"{_BEGINNING}*{_ENDING}"


def database_name(folder: Path) -> str:
    """The name of the database that a sidecar folder belongs to; empty for a folder whose name is that of none."""
    if not folder.name.startswith(_BEGINNING) or not folder.name.endswith(_ENDING):
        return ""
    name = folder.name[len(_BEGINNING) : -len(_ENDING)]
    return "" if name in {".", ".."} else name


class SidecarFolder:
    """The sidecar folder of a database; for a path inside such a folder, that very folder."""

    def __init__(self, path: Path) -> None:
        folder = _surrounding(path)
        self.holds_the_path = folder is not None
        self.folder = folder or path.with_name(f"{_BEGINNING}{path.name}{_ENDING}")
        self.database = self.folder.with_name(database_name(self.folder))
        self.lock_file = self.folder / "lock"
        self._drafts = self.folder / "drafts"
        self._kept = self.folder / "kept"

    def is_there(self) -> bool:
        """Is there a real folder of that name?"""
        return is_folder(self.folder)

    def make(self, folder: Path) -> None:
        """Make a folder inside, or the sidecar folder itself.

        Raises:
            DatabaseError: something that is no folder of ours is in the way, a symbolic link for one.
        """
        for one in dict.fromkeys((self.folder, *reversed(folder.relative_to(self.folder).parents), folder)):
            place = self.folder / one
            try:
                place.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise explain_file_error(place, error) from error
            if not is_folder(place):
                raise _in_the_way(place)
        self._hide_from_git()

    def _hide_from_git(self) -> None:
        """No `git add` takes a copy of a database with it, whatever the project ignores."""
        ignored = self.folder / ".gitignore"
        if not os.path.lexists(ignored):
            try:
                ignored.write_text("*\n", encoding="utf-8")
            except OSError as error:
                raise explain_file_error(ignored, error) from error

    def new_draft(self) -> Path:
        """A path for a draft; the file is not made yet."""
        self.make(self._drafts)
        return self._drafts / f"{os.urandom(8).hex()}.sqlite3"

    def add(self, about: About) -> Path:
        """Prepare a place for a kept relative; it counts only once the database is in it."""
        folder = self._kept / f"{about.made.strftime('%Y%m%dT%H%M%S%f')}-{os.urandom(4).hex()}"
        self.make(folder)
        write_json(folder / _ABOUT, write_about(about))
        return folder / _DATABASE

    def describe(self, file: Path, about: About) -> None:
        """Replace what a kept relative says of itself."""
        self._require_kept(file)
        write_json(file.parent / _ABOUT, write_about(about))

    def all(self, url: DatabaseUrl) -> Iterator[Kept]:
        """Every kept relative."""
        for folder in self._kept_folders():
            file, about = folder / _DATABASE, _about(folder)
            if about is None or not is_file(file) or self._is_the_database(file) or _is_unreadable(file, about):
                continue  # tidy() and damaged() see to it
            yield Kept(url.with_name(str(file)), about, file.stat().st_size)

    def damaged(self) -> Iterator[Path]:
        """What cannot be read of kept relatives: a note that does not say why, a file that lost its content."""
        for folder in self._kept_folders():
            file = folder / _DATABASE
            if not is_file(file) or self._is_the_database(file):
                continue
            about = _about(folder)
            if about is None:
                yield folder / _ABOUT
            elif _is_unreadable(file, about):
                yield file

    def is_draft(self, file: Path) -> bool:
        """Is it a draft, which is garbage when its task is killed?"""
        return file.parent == self._drafts

    def files(self) -> Iterator[Path]:
        """The database and its relatives."""
        yield self.database
        yield from self._draft_files()
        yield from (folder / _DATABASE for folder in self._kept_folders())

    def remove(self, file: Path) -> None:
        """Drop a kept relative or a draft, its side files and its folder.

        Something else in its folder stays, with the folder; `tidy` names it.

        Raises:
            DatabaseError: it is no relative of this database, or it cannot be removed.
        """
        try:
            self.require_relative(file)
            if self.is_draft(file):
                remove_database(file)
            else:
                _remove_kept(file.parent)
        except OSError as error:
            raise explain_file_error(file, error) from error

    def tidy(self, skipped: Callable[[str], None]) -> int:
        """Drop what killed tasks left: every draft, and kept places that never got their database."""
        for folder in (self.folder, self._drafts, self._kept):
            if os.path.lexists(folder) and not is_folder(folder):
                skipped(say_foreign(folder))
        drafts = [self._drop_draft(draft, skipped) for draft in self._draft_files()]
        places = sorted(self._kept.iterdir()) if self._holds(self._kept) else []
        return sum(drafts) + sum([self._drop_unfinished(place, skipped) for place in places])

    def _drop_draft(self, draft: Path, skipped: Callable[[str], None]) -> bool:
        if not is_file(draft) or not _DRAFT.fullmatch(draft.name):
            skipped(say_foreign(draft))
            return False
        return drop(lambda: remove_database(draft), draft, skipped)

    def _drop_unfinished(self, place: Path, skipped: Callable[[str], None]) -> bool:
        """Drop a kept place without a database, or with one that still stands under its own name."""
        file = place / _DATABASE
        if not is_folder(place) or (os.path.lexists(file) and not is_file(file)):
            skipped(say_foreign(file if is_folder(place) else place))
            return False
        if is_file(file) and not self._is_the_database(file):
            return False
        done = drop(lambda: _remove_kept(place), place, skipped)
        left = next(place.iterdir(), None) if place.is_dir() else None
        if left is not None:
            skipped(say_foreign(left))
        return done and left is None

    def _holds(self, folder: Path) -> bool:
        return self.is_there() and is_folder(folder)

    def _draft_files(self) -> list[Path]:
        return sorted(self._drafts.glob("*.sqlite3")) if self._holds(self._drafts) else []

    def _kept_folders(self) -> list[Path]:
        return [folder for folder in self._kept.iterdir() if is_folder(folder)] if self._holds(self._kept) else []

    def require_relative(self, file: Path) -> None:
        """Refuse a file that is no draft or kept relative of this database.

        Raises:
            DatabaseError: it is none.
        """
        if file.parent != self._drafts or not self._holds(self._drafts):
            self._require_kept(file)

    def _require_kept(self, file: Path) -> None:
        if file.parent.parent != self._kept or not self._holds(self._kept) or not is_folder(file.parent):
            raise _in_the_way(file)

    def _is_the_database(self, file: Path) -> bool:
        return self.database.exists() and file.samefile(self.database)


def _surrounding(path: Path) -> Path | None:
    """The sidecar folder that a draft or a kept relative is in."""
    for place, folder in ((path.parent, path.parent.parent), (path.parent.parent, path.parent.parent.parent)):
        if database_name(folder) and place.name == ("drafts" if place == path.parent else "kept"):
            return folder
    return None


def _remove_kept(folder: Path) -> None:
    """Remove a kept relative's folder; something in it that is not ours stays."""
    remove_database(folder / _DATABASE)
    for name in (f"{_DATABASE}.new", f"{_ABOUT}.new", "about.new", _ABOUT):
        (folder / name).unlink(missing_ok=True)
    if next(folder.iterdir(), None) is None:
        folder.rmdir()


def _in_the_way(path: Path) -> DatabaseError:
    away = " ".join(shlex.quote(str(one)) for one in (path, path.parent.parent))
    return DatabaseError(f"{say_foreign(path)}.", hint=f"Move it away: mv {away}")


def _about(folder: Path) -> About | None:
    """What a relative says of itself; None where its note was never finished, or is damaged."""
    if not is_file(folder / _ABOUT):
        return None
    try:
        return read_about(json.loads((folder / _ABOUT).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def _is_unreadable(file: Path, about: About) -> bool:
    """May a state not be read, or has it fewer bytes than its header says, as after a power cut or on a full disk?"""
    try:
        with file.open("rb") as opened:
            header = opened.read(32)
        size = file.stat().st_size
    except OSError:
        return True
    if not size:
        return bool(about.revisions)
    if not header.startswith(SQLITE_MAGIC):
        return False  # it never was a whole database; whoever opens it says so
    page = int.from_bytes(header[16:18], "big")
    return (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big") > size
