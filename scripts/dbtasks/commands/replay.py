"""Downgrade to base and upgrade to head again, proving every downgrade; the rows go, an undo stays."""

import argparse

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.copies import undo
from dbtasks.views import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("--to", metavar="REV", default="head", help="stop at this revision on the way up (head)")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Go down and up on a copy, which takes the database's name only if all of it worked."""
    from dbtasks.project import session

    target = session.resolve(settings, options.to)
    database = terminal.opened(settings)
    with database.lock("db_replay", settings.project.lock_wait):
        guard.permit(settings, database, "db_replay", options.yes)
        database.tidy()
        with database.draft() as draft:
            if database.exists():
                database.clone_to(draft)
            else:
                draft.create(guard.label_for(settings))
            aimed = settings.on(draft.url)
            down = session.downgrade(aimed, "base", terminal.step)
            up = session.upgrade(aimed, target, terminal.step)
            draft.set_label(guard.label_for(settings))
            kept = database.swap(draft, undo.about(database, "db_replay"))
        undo.trim(database, settings)
    console.say(f"Went down {len(down)} revision(s) and up {len(up)}", "green")
    terminal.summary(database, database.rows(), following=("nox -s seed  fills the tables again",))
    terminal.kept(kept)
    return 0
