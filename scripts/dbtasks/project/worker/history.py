"""What the history says: its revisions, heads, and what a database still lacks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic.script import Script
from alembic.script.revision import ResolutionError, RevisionError
from alembic.util import CommandError

from dbtasks.config import Settings
from dbtasks.errors import MigrationError, UsageError
from dbtasks.project.worker.scripts import at_home, configuration, scripts


@dataclass(frozen=True)
class Revision:
    """One revision of the history."""

    id: str
    parents: tuple[str, ...]
    message: str
    file: Path
    is_head: bool


def history(settings: Settings) -> list[Revision]:
    """Every revision, newest first.

    Raises:
        MigrationError: a file of the history cannot be loaded, or the graph is broken.
    """
    with _reading(settings):
        return [_told(script) for script in scripts(configuration(settings), settings).walk_revisions()]


def heads(settings: Settings) -> tuple[str, ...]:
    """The heads of the history, sorted.

    Raises:
        MigrationError: a file of the history cannot be loaded, or the graph is broken.
    """
    with _reading(settings):
        return tuple(sorted(scripts(configuration(settings), settings).get_heads()))


def script_folder(settings: Settings) -> Path:
    """The folder of env.py."""
    with _reading(settings):
        return Path(scripts(configuration(settings), settings).dir).resolve()


def pending(settings: Settings, current: Sequence[str]) -> list[Revision]:
    """The revisions that a database still lacks, oldest first.

    Raises:
        MigrationError: the database stands on a revision that is not in this checkout.
    """
    known = {revision.id: revision for revision in history(settings)}
    applied = ancestors(known, require_known(known, current))
    return [revision for revision in reversed(known.values()) if revision.id not in applied]


def resolve(settings: Settings, target: str) -> str:
    """The full id of a revision named by its beginning, by `head`, or by `base`.

    Raises:
        UsageError: there is no such revision, or more than one.
    """
    with _reading(settings):
        directory = scripts(configuration(settings), settings)
        if target == "head":
            require_one_head(tuple(directory.get_heads()))
        try:
            found = directory.get_revisions(target)
        except (CommandError, ResolutionError) as error:
            raise _unknown(target, error) from error
    return ",".join(script.revision for script in found) or "base"


def require_one_head(found: Sequence[str]) -> None:
    """Refuse to guess where several heads are.

    Raises:
        MigrationError: naming the heads and how to merge them.
    """
    if len(found) > 1:
        raise MigrationError(
            f"The history has {len(found)} heads: {', '.join(sorted(found))}.",
            hint='nox -s merge -- "what the two have in common"',
        )


def require_known(known: dict[str, Revision], current: Sequence[str]) -> tuple[str, ...]:
    """The current revisions, if this checkout has them all.

    Raises:
        MigrationError: it lacks one, which is what a switch of branches does.
    """
    foreign = [revision for revision in current if revision not in known]
    if foreign:
        raise MigrationError(
            f"The database stands on revision {', '.join(foreign)}, which this checkout does not have.",
            checked=[f"{len(known)} revisions in the history; the revision is probably another branch's"],
            hint="Switch back to that branch and downgrade there, or: nox -s db_reset",
        )
    return tuple(current)


def ancestors(known: dict[str, Revision], start: Sequence[str]) -> set[str]:
    """These revisions and everything below them."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        revision = waiting.pop()
        if revision in known and revision not in found:
            found.add(revision)
            waiting.extend(known[revision].parents)
    return found


def _told(script: Script) -> Revision:
    down = script.down_revision or ()
    parents = (down,) if isinstance(down, str) else tuple(down)
    depends = script.dependencies or ()
    extra = (depends,) if isinstance(depends, str) else tuple(depends)
    return Revision(
        script.revision, (*parents, *extra), message_of(script), Path(script.path).resolve(), script.is_head
    )


def message_of(script: Script) -> str:
    """A revision's message: the first line of its docstring."""
    return "".join((script.doc or "").strip().splitlines()[:1]).rstrip(".")


def _unknown(target: str, error: Exception) -> UsageError:
    return UsageError(
        f"There is no single revision {target!r} in this history: {error}",
        hint="nox -s history   lists them",
    )


@contextmanager
def _reading(settings: Settings) -> Iterator[None]:
    """Turn what can go wrong while the files are loaded into one message."""
    try:
        with at_home(settings):
            yield
    except (MigrationError, UsageError):
        raise
    except (CommandError, RevisionError) as error:
        raise MigrationError(f"The history cannot be read: {error}", hint="Mend the revision it names") from error
    except (SyntaxError, ImportError, NameError) as error:
        raise MigrationError(
            f"A file of the history cannot be loaded: {type(error).__name__}: {error}",
            checked=[str(settings.project.alembic_ini.parent)],
            hint="Mend that file, then try again",
        ) from error
