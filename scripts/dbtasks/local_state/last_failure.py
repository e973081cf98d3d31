"""Where the last migrate stopped: remembered until one comes through, and shown by db_status."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.local_state import state_directory


@dataclass(frozen=True)
class Stop:
    """A revision that failed.

    Args:
        revision: its id.
        message: the first line of its docstring.
        place: file and line.
        reason: why.
        standing: the revisions that the database was left on.
        when: in UTC, as ISO text.
    """

    revision: str
    message: str
    place: str
    reason: str
    standing: tuple[str, ...]
    when: str

    def sentence(self) -> str:
        """What happened."""
        at = datetime.fromisoformat(self.when).astimezone().strftime("%Y-%m-%d %H:%M")
        return f"The last migrate ({at}) stopped at {self.revision} ({self.message}): {self.reason}"


WAYS_ON = ("mend the revision, then: nox -s migrate",)


def remember(settings: Settings, failure: Stop) -> None:
    """Note where a run stopped; what the project's code says of it may hold a password, which is not noted.

    Raises:
        OSError: the note cannot be written.
    """
    said = {key: console.blank(getattr(failure, key)) for key in ("message", "place", "reason")}
    state_directory.write(_file(settings), json.dumps({**asdict(failure), **said}).encode())


def recall(settings: Settings, standing: Sequence[str]) -> Stop | None:
    """Where the last run stopped; None once the database has moved since."""
    found = state_directory.read_json(_file(settings))
    if not isinstance(found, dict):
        return None
    try:
        stop = Stop(**{**found, "standing": tuple(found["standing"])})
        datetime.fromisoformat(stop.when)
    except (KeyError, TypeError, ValueError):
        return None  # damaged, or of another version
    return stop if stop.standing == tuple(standing) else None


def forget(settings: Settings) -> None:
    """A run came through: the work is done, so a note that cannot be removed is left."""
    with suppress(OSError):
        _file(settings).unlink(missing_ok=True)


def _file(settings: Settings) -> Path:
    place = hashlib.sha256(str(settings.url).encode()).hexdigest()[:16]
    return state_directory.folder(settings.project) / f"stopped-{place}.json"
