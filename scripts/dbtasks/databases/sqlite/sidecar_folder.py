"""The folder beside a SQLite database that holds its relatives.

    .vibe4vets.db.dbtasks/
        lock                            who is at work
        drafts/<id>.sqlite3             being built; garbage once its maker is gone
        kept/<id>/about.json            why this one is kept
        kept/<id>/database.sqlite3      the former state, snapshot or template itself

The folder is on the database's own file system, so that a rename or a hard link is all a swap costs.
"""

import json
import os
import shutil
from datetime import datetime
from pathlib import Path

from dbtasks.databases import About, Kept
from dbtasks.databases.sqlite.connection import file_error
from dbtasks.urls import DatabaseUrl

SIDE_FILES = ("-journal", "-wal", "-shm")


class Relatives:
    """The relatives of one database file."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.folder = database.with_name(f".{database.name}.dbtasks")
        self.lock_file = self.folder / "lock"
        self._drafts = self.folder / "drafts"
        self._kept = self.folder / "kept"

    def new_draft(self) -> Path:
        """A path for a draft; the file is not made yet."""
        _make_folder(self._drafts)
        return self._drafts / f"{os.urandom(8).hex()}.sqlite3"

    def add(self, about: About) -> Path:
        """Prepare a place for a kept relative; it counts only once the database is in it."""
        identity = f"{about.made.strftime('%Y%m%dT%H%M%S%f')}-{os.urandom(4).hex()}"
        folder = self._kept / identity
        _make_folder(folder)
        _write_note(folder, about)
        return folder / "database.sqlite3"

    def describe(self, file: Path, about: About) -> None:
        """Replace the note of a kept relative."""
        _write_note(file.parent, about)

    def all(self, url: DatabaseUrl) -> list[Kept]:
        """Every kept relative, newest first."""
        found = []
        for folder in self._folders():
            file, about = folder / "database.sqlite3", _about(folder)
            if about is None or not file.exists() or self._is_the_database(file):
                continue  # tidy() will see to it
            found.append(Kept(url.with_name(str(file)), about, file.stat().st_size))
        return sorted(found, key=lambda kept: kept.about.made, reverse=True)

    def remove(self, file: Path) -> None:
        """Drop a kept relative or a draft, its side files and its folder."""
        remove_database(file)
        if file.parent.parent == self._kept:
            shutil.rmtree(file.parent, ignore_errors=True)

    def tidy(self) -> int:
        """Drop what killed tasks left: every draft, and kept places that never got their database."""
        count = 0
        for draft in list(self._drafts.glob("*.sqlite3")) if self._drafts.is_dir() else []:
            remove_database(draft)
            count += 1
        for folder in self._folders():
            file = folder / "database.sqlite3"
            if not file.exists() or self._is_the_database(file):
                # Killed before the swap: the database itself is still under its own name.
                shutil.rmtree(folder, ignore_errors=True)
                count += 1
        return count

    def _folders(self) -> list[Path]:
        return [folder for folder in self._kept.iterdir() if folder.is_dir()] if self._kept.is_dir() else []

    def _is_the_database(self, file: Path) -> bool:
        return self.database.exists() and file.samefile(self.database)


def remove_database(file: Path) -> None:
    """Remove a SQLite file with whatever stands beside it, the database itself first."""
    for path in (file, *(file.with_name(file.name + suffix) for suffix in SIDE_FILES)):
        path.unlink(missing_ok=True)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise file_error(folder, error) from error


def _write_note(folder: Path, about: About) -> None:
    text = json.dumps(
        {
            "kind": about.kind,
            "title": about.title,
            "made": about.made.isoformat(),
            "revisions": about.revisions,
            "facts": dict(about.facts),
        },
        ensure_ascii=False,
    )
    draft = folder / "about.new"
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(folder / "about.json")
    except OSError as error:
        raise file_error(folder, error) from error


def _about(folder: Path) -> About | None:
    """What a relative says of itself; None where its note was never finished."""
    try:
        read = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        return About(
            read["kind"],
            read["title"],
            datetime.fromisoformat(read["made"]),
            tuple(read["revisions"]),
            read["facts"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
