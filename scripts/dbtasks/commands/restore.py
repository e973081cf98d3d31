"""Bring a snapshot back; the database it replaces is kept for undo."""

import argparse

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.copies import snapshots, undo
from dbtasks.databases import Database, open_database
from dbtasks.views import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("name", metavar="NAME", help="which snapshot")
    parser.add_argument("--no-migrate", action="store_true", help="leave it at the revision it was taken at")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Clone the snapshot, bring the clone to head, and swap."""
    database = terminal.opened(settings)
    with database.lock("db_restore", settings.project.lock_wait):
        snapshot = snapshots.find(database, options.name)
        guard.permit(settings, database, "db_restore", options.yes)
        database.tidy()
        with database.draft() as draft:
            open_database(snapshot.url).clone_to(draft)
            draft.set_label(guard.label_for(settings))
            if not options.no_migrate:
                _to_head(settings, draft)
            kept = database.swap(draft, undo.about(database, "db_restore"))
        undo.trim(database, settings)
    console.say(f"Restored {options.name!r}, taken {terminal.age(snapshot.about.made)}", "green")
    terminal.summary(database, database.rows(), following=("nox -s db_status",))
    terminal.kept(kept)
    return 0


def _to_head(settings: Settings, draft: Database) -> None:
    """Run what the snapshot lacks; one that is ahead of this checkout is left alone, and said to be."""
    from dbtasks.project import session

    current = draft.current()
    known = {revision.id for revision in session.history(settings)}
    ahead = [revision for revision in current if revision not in known]
    if ahead:
        console.warn(f"the snapshot stands on {', '.join(ahead)}, which this checkout does not have; left as it is")
        return
    session.require_one_head(session.heads(settings))
    steps = session.upgrade(settings.on(draft.url), "head", terminal.step)
    if steps:
        console.note(f"Brought to head: ran {len(steps)} revision(s)")
