"""Which PostgreSQL databases this project knows to be production, whatever their comments say by now.

The label lives in the database's comment, which anybody who may comment on it replaces. So a production label
that was set or seen here stays with the database's name on that very server, as it stays with the path of a
SQLite file; `db_label` with another label removes it.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from dbtasks.config import Settings
from dbtasks.databases.protocol import Label, Reading
from dbtasks.local_state import state_directory


def read_label(settings: Settings, database: Reading) -> Label | None:
    """The label of a database that exists; production also where that was noted here.

    Raises:
        DatabaseError: the database cannot be asked.
    """
    label = database.label()
    if label is not None and label.environment == "production":
        with suppress(OSError):  # where nothing can be noted, the label itself protects
            keep(settings, database, label)
        return label
    return _noted(settings, database) or label


def keep(settings: Settings, database: Reading, label: Label) -> None:
    """Note that a database is production.

    Raises:
        OSError: the note cannot be written.
    """
    if database.engine == "postgres":
        note = _file(settings, database)
        if not note.exists():
            content = {"database": database.url.name, "project": label.project}
            state_directory.write(note, json.dumps(content).encode())


def forget(settings: Settings, database: Reading) -> None:
    """A database is production no longer.

    Raises:
        OSError: the note cannot be removed.
    """
    if database.engine == "postgres":
        _file(settings, database).unlink(missing_ok=True)


def _noted(settings: Settings, database: Reading) -> Label | None:
    """What was noted; the server is asked for its identity only where there is a note for such a name."""
    if database.engine != "postgres" or next(_folder(settings).glob(f"{_digest(database)}-*"), None) is None:
        return None
    note = _file(settings, database)
    if not note.exists():
        return None
    content = state_directory.read_json(note)
    return Label("production", str(content.get("project", "")) if isinstance(content, dict) else "")


def _file(settings: Settings, database: Reading) -> Path:
    server = database.identity().partition("/")[0]
    return _folder(settings) / f"{_digest(database)}-{server}.json"


def _folder(settings: Settings) -> Path:
    return state_directory.folder(settings.project) / "production"


def _digest(database: Reading) -> str:
    return hashlib.sha256(database.url.name.encode()).hexdigest()[:16]
