"""A revision that commits on the way and is being run: noted before it begins, forgotten when it has ended.

Killed inside such a revision, a task leaves a database that is neither before nor after it. The note lets
the next task know, and names the copy that was made before.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from dbtasks.config import Settings
from dbtasks.local_state import state_directory


@dataclass(frozen=True)
class InterruptedStep:
    """The revision.

    Args:
        revision: its id.
        task: the task that ran it.
        standing: the revisions that the database stood on before it.
        undo: the number of the state that was kept before.
    """

    revision: str
    task: str
    standing: tuple[str, ...]
    undo: int

    def sentence(self) -> str:
        """What happened."""
        return f"The last {self.task} was stopped inside revision {self.revision}, which commits on the way"


def remember(settings: Settings, step: InterruptedStep) -> None:
    """Note that a revision is about to run.

    Raises:
        OSError: the note cannot be written.
    """
    state_directory.write(_file(settings), json.dumps(asdict(step)).encode())


def recall(settings: Settings, standing: Sequence[str]) -> InterruptedStep | None:
    """The revision inside which a task was stopped; None once the database stands elsewhere."""
    found = state_directory.read_json(_file(settings))
    try:
        step = InterruptedStep(**{**found, "standing": tuple(found["standing"])})
    except (KeyError, TypeError):
        return None
    return step if step.standing == tuple(standing) else None


def forget(settings: Settings) -> None:
    """The revision has ended."""
    _file(settings).unlink(missing_ok=True)


def _file(settings: Settings) -> Path:
    place = hashlib.sha256(str(settings.url).encode()).hexdigest()[:16]
    return state_directory.folder(settings.project) / f"interrupted-{place}.json"
