"""What belongs to somebody else, beside the databases of the state machine and named much like ours."""

import hashlib
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.state_machine.content import read_postgres
from tests.state_machine.places import Place, PostgresPlace


def make_decoys(root: Path, place: Place) -> None:
    """Make them, before the first task."""
    sidecar = root / ".shop.db.dbtasks"
    beside = root / "beside"
    (beside / "their-folder").mkdir(parents=True)
    for folder in (sidecar, sidecar / "kept"):
        folder.mkdir(parents=True, exist_ok=True)
    for file in (beside / "their-folder" / "database.sqlite3", root / "shop.db.backup.db", root / "shop2.db"):
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE theirs AS SELECT 1 AS one")
            connection.commit()
    (sidecar / "notes.txt").write_text("theirs")
    (sidecar / "kept" / "theirs").symlink_to(beside / "their-folder", target_is_directory=True)
    (beside / "their-folder" / "about.json").write_text("{}")
    if isinstance(place, PostgresPlace):
        digest = hashlib.sha256(place.name.encode()).hexdigest()[:12]
        place.add_decoy(f"{place.name}_test")
        place.add_decoy(f"dbtasks_kept_{place.name}")
        place.add_decoy(f"dbtasks_kept_{place.name}_{digest}_0badcafe")
        place.add_decoy(f"dbtasks_draft_{place.name}_elsewhere")


def look_at_decoys(root: Path, place: Place) -> Mapping[str, Any]:
    """What is in them."""
    sidecar = root / ".shop.db.dbtasks"
    files = [
        *sorted((root / "beside").rglob("*")),
        root / "shop.db.backup.db",
        root / "shop2.db",
        sidecar / "notes.txt",
        sidecar / "kept" / "theirs",
    ]
    found: dict[str, Any] = {
        str(file.relative_to(root)): (file.is_symlink(), file.read_bytes() if file.is_file() else file.is_dir())
        for file in files
        if file.exists()
    }
    if isinstance(place, PostgresPlace):
        there = set(place.names(f"%{place.name}%"))
        found |= {name: read_postgres(place.server, name).hash for name in place.decoys & there}
    return found
