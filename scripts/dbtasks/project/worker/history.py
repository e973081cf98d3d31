"""The history as Alembic reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.script import Script
from alembic.script.revision import ResolutionError, RevisionError
from alembic.util import CommandError

from ..messages.failures import WorkerError
from ..messages.revision_header import first_line
from ..messages.values import Revision, WorkerSettings
from .scripts import at_home, configuration, scripts

_SHORTEST = 4  # characters of a shortened id: `downgrade 1` is a slip for `-1`


def read(settings: WorkerSettings) -> tuple[Revision, ...]:
    """Every revision, newest first.

    Raises:
        HistoryError: a file of the history cannot be loaded, or the graph is broken.
    """
    with _reading(settings):
        return tuple(_revision(script) for script in scripts(configuration(settings), settings).walk_revisions())


def script_folder(settings: WorkerSettings) -> Path:
    """The folder of env.py."""
    with _reading(settings):
        return Path(scripts(configuration(settings), settings).dir).resolve()


def resolve(settings: WorkerSettings, target: str) -> str:
    """The full id of a revision named by its beginning, by `head`, or by `base`.

    Raises:
        UsageError: there is no such revision, or more than one.
    """
    with _reading(settings):
        directory = scripts(configuration(settings), settings)
        try:
            found = directory.get_revisions(target)
        except (CommandError, ResolutionError) as error:
            raise _unknown(target, str(error)) from error
    if len(target) < _SHORTEST and any(one.revision.startswith(target) and one.revision != target for one in found):
        raise _unknown(target, f"to shorten an id takes {_SHORTEST} characters")
    return ",".join(script.revision for script in found) or "base"


def _revision(script: Script) -> Revision:
    down = script.down_revision or ()
    parents = (down,) if isinstance(down, str) else tuple(down)
    depends = script.dependencies or ()
    extra = (depends,) if isinstance(depends, str) else tuple(depends)
    return Revision(
        script.revision, (*parents, *extra), message_of(script), Path(script.path).resolve(), script.is_head
    )


def message_of(script: Script) -> str:
    """A revision's message: the first line of its docstring."""
    return first_line(script.doc)


def _unknown(target: str, reason: str) -> WorkerError:
    return WorkerError(
        "usage",
        f"There is no single revision {target!r} in this history: {reason}",
        hint="nox -s history   lists them",
    )


@contextmanager
def _reading(settings: WorkerSettings) -> Iterator[None]:
    """Turn what can go wrong while the files are loaded into one message."""
    try:
        with at_home(settings):
            yield
    except (CommandError, RevisionError) as error:
        raise WorkerError("history", f"The history cannot be read: {error}", hint="nox -s history") from error
