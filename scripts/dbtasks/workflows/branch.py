"""One state of the database for each git branch: leaving one parks it, entering one brings its own back.

Whose state the database is in is said by the database itself, and written in the swap.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dbtasks import git
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import About
from dbtasks.errors import UsageError
from dbtasks.local_state import state_directory
from dbtasks.workflows.change import (
    Site,
    Task,
    note_branch,
    open_site,
    replace_database,
    replace_with_kept,
)


@dataclass(frozen=True)
class Move:
    """What entering a branch did."""

    left: str
    entered: str
    source: str


def enter(task: Task) -> Move:
    """Put the database in the state of the branch that is checked out.

    Raises:
        UsageError: no branch is checked out, or this is no git repository.
    """
    root = task.settings.project.root
    with open_site(task) as site:
        entered = _checked_out(root)
        default = git.default_branch(root)
        owner = site.reading.branch() or _old_note(task) or git.previous_branch(root) or default or "main"
        if owner == entered:
            note_branch(site, entered)
            return Move("", entered, "it was there already")
        return Move(owner, entered, _swap_in(site, entered, owner, default))


def _checked_out(root: Path) -> str:
    entered = git.branch(root)
    if not entered:
        raise UsageError(
            "There is no branch here to switch to.",
            checked=[f"git symbolic-ref HEAD in {root}"],
            hint="git switch BRANCH, then: nox -s db_switch -- --branch",
        )
    return entered


def _old_note(task: Task) -> str:
    """The owner as the version before noted it: in a file, by the URL's text."""
    place = hashlib.sha256(str(task.settings.url).encode()).hexdigest()[:16]
    try:
        return (state_directory.folder(task.settings.project) / f"branch-{place}").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _swap_in(site: Site, entered: str, owner: str, default: str) -> str:
    parked = {kept.about.title: kept for kept in site.reading.kept("branch")}
    number = max((kept.about.number for kept in parked.values()), default=0) + 1
    current = site.reading.current() if site.reading.exists() else ()
    park = About("branch", owner, datetime.now(UTC), current, number=number)
    if entered in parked:
        replace_with_kept(site, parked[entered], keep=park, belongings="name", branch=entered)
        source = "its own state, as it was left"
    else:
        origin = parked.get(default) if owner != default else None
        template = open_database(origin.url) if origin else site.reading
        if not template.exists():
            note_branch(site, entered)
            return "no state yet"
        replace_database(site, lambda draft: site.clone_into(draft, template), keep=park, branch=entered)
        source = f"a copy of {default if origin else owner}'s"
    site.settle()  # a state of this branch that was parked earlier, by another version, can be undone to
    return source
