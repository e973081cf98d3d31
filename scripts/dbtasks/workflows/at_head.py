"""Is the database at head? Answered without Alembic where nothing has changed since it was last found so.

Importing Alembic and loading a history takes longer than everything else that a migrate with nothing
to do does. So the files that were the history then are hashed again, as a build tool would.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from dbtasks.config import Settings
from dbtasks.copies.build_record import BuildRecord
from dbtasks.copies.fingerprints import Fingerprints
from dbtasks.databases.protocol import Reading
from dbtasks.local_state import state_directory


def is_remembered(settings: Settings, database: Reading, current: Sequence[str]) -> bool:
    """Did this very database stand on these revisions, and were they the head of this very history?"""
    known = state_directory.read_json(_file(settings))
    try:
        record = BuildRecord.decode(known["record"], settings.project.root)
        return bool(known["proof"] == Fingerprints(settings, current).digest(record, database.identity()))
    except (KeyError, TypeError, ValueError):
        return False


def remember(settings: Settings, database: Reading, current: Sequence[str], folders: Sequence[Path]) -> None:
    """Note that the database is at head."""
    from dbtasks.project.observation import read_trees
    from dbtasks.project.observe.recorder import Recorder

    project = settings.project
    record = BuildRecord()
    recorder = Recorder(record.tell)
    read_trees(recorder, [*folders, project.alembic_ini, project.root / "pyproject.toml"])
    proof = Fingerprints(settings, current).digest(record, database.identity())
    note = {"record": record.encode(project.root), "proof": proof}
    try:
        state_directory.write(_file(settings), json.dumps(note).encode())
    except OSError:
        return  # the next run asks Alembic again


def _file(settings: Settings) -> Path:
    # Each worktree has a history of its own.
    place = hashlib.sha256(f"{settings.project.root}\n{settings.url}".encode()).hexdigest()[:16]
    return state_directory.folder(settings.project) / f"at-head-{place}.json"
