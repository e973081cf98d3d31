"""One state of the database for each git branch: leaving one parks it, entering one brings its own back.

Whose state the database is in cannot be told from its content, so it is noted beside the archive of
revisions, in the folder that all worktrees of the clone share.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dbtasks import git
from dbtasks.config import Settings
from dbtasks.databases import About, Database, Kept, open_database
from dbtasks.errors import UsageError
from dbtasks.local_state import state_directory


@dataclass(frozen=True)
class Move:
    """What entering a branch did.

    Args:
        left: the branch whose state was parked; empty when the database was on the branch already.
        entered: the branch whose state the database is in now.
        source: where that state came from, in words.
    """

    left: str
    entered: str
    source: str


def enter(database: Database, settings: Settings) -> Move:
    """Put the database in the state of the branch that is checked out; its lock is held.

    Raises:
        UsageError: no branch is checked out, or this is no git repository.
    """
    root = settings.project.root
    entered = git.branch(root)
    if not entered:
        raise UsageError(
            "There is no branch here to switch to.",
            checked=[f"git symbolic-ref HEAD in {root}"],
            hint="git switch BRANCH, then: nox -s db_switch -- --branch",
        )
    owner = owner_of(database, settings)
    if owner == entered:
        return Move("", entered, "it was there already")
    source = _swap_in(database, entered, owner, git.default_branch(root))
    _note_owner(database, settings, entered)
    return Move(owner, entered, source)


def owner_of(database: Database, settings: Settings) -> str:
    """The branch whose state the database is in: as noted, else the one that git was on before."""
    root = settings.project.root
    try:
        return _note(database, settings).read_text(encoding="utf-8").strip()
    except OSError:
        return git.previous_branch(root) or git.default_branch(root) or "main"


def _swap_in(database: Database, entered: str, owner: str, default: str) -> str:
    parked = {kept.about.title: kept for kept in database.kept("branch")}
    park = About("branch", owner, datetime.now(UTC), database.current() if database.exists() else ())
    if entered in parked:
        database.swap(open_database(parked[entered].url), park)
        _forget(database, parked.get(owner))
        return "its own state, as it was left"
    origin = parked.get(default)
    source = open_database(origin.url) if origin and owner != default else database
    if not source.exists():
        return "no state yet"
    with database.draft() as draft:
        source.clone_to(draft)
        label = database.label() if database.exists() else None
        if label is not None:
            draft.set_label(label)
        database.swap(draft, park)
    _forget(database, parked.get(owner))
    return f"a copy of {default if source is not database else owner}'s"


def _forget(database: Database, older: Kept | None) -> None:
    """A branch has one state: one parked earlier gives way to the one parked now."""
    if older is not None:
        database.remove(older)


def _note_owner(database: Database, settings: Settings, branch: str) -> None:
    note = _note(database, settings)
    try:
        state_directory.write(note, branch.encode())
    except OSError as error:
        raise UsageError(f"{note} cannot be written: {error.strerror}.", hint=f"ls -ld {note.parent}") from error


def _note(database: Database, settings: Settings) -> Path:
    place = hashlib.sha256(str(database.url).encode()).hexdigest()[:16]
    return state_directory.folder(settings.project) / f"branch-{place}"
