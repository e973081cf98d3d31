"""Downgrade to base and upgrade to head again, proving every downgrade; the rows go, an undo stays."""

import argparse

from dbtasks import console, guard, reporting, undo
from dbtasks.config import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("--to", metavar="REV", default="head", help="stop at this revision on the way up (head)")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Go down and up on a copy, which takes the database's name only if all of it worked."""
    from dbtasks import revisions

    target = revisions.resolve(settings, options.to)
    database = reporting.opened(settings)
    with database.lock("db_replay", settings.project.lock_wait):
        guard.permit(database, "db_replay", options.yes)
        database.tidy()
        with database.draft() as draft:
            if database.exists():
                database.clone_to(draft)
            else:
                draft.create(guard.label_for(settings))
            aimed = settings.on(draft.url)
            down = revisions.downgrade(aimed, "base", reporting.step)
            up = revisions.upgrade(aimed, target, reporting.step)
            draft.set_label(guard.label_for(settings))
            kept = database.swap(draft, undo.about(database, "db_replay"))
        undo.trim(database, settings)
    console.say(f"Went down {len(down)} revision(s) and up {len(up)}", "green")
    reporting.summary(database, database.rows(), following=("nox -s seed  fills the tables again",))
    reporting.kept(kept)
    return 0
