"""Write a migration from what changed in the models."""

import argparse

from dbtasks import console, guard, reporting
from dbtasks.config import Settings
from dbtasks.errors import MigrationError


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("message", help='what it does, as in "add phone column to resource"')
    parser.add_argument("--kind", choices=("schema", "empty"), default="schema", help="schema compares the models")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Autogenerate against a scratch database at head, so that nobody has to upgrade first."""
    from dbtasks import revisions

    revisions.require_one_head(revisions.heads(settings))
    if options.kind == "empty":
        file = revisions.revise(settings, options.message, autogenerate=False)
    else:
        database = reporting.opened(settings)
        with database.lock("revision", settings.project.lock_wait), database.draft() as scratch:
            scratch.create(guard.label_for(settings))
            aimed = settings.on(scratch.url)
            revisions.upgrade(aimed, "head", lambda _: None)
            file = revisions.revise(aimed, options.message, autogenerate=True)
    if file is None:
        raise MigrationError(
            "Nothing changed: the models and the history agree, so no revision was written.",
            checked=["the models that env.py imports, against a scratch database at head"],
            hint=f'For one written by hand: nox -s revision -- "{options.message}" --kind empty',
        )
    console.say(f"Wrote {file}", "green")
    reporting.show_next(("review the file", "nox -s migrate"))
    return 0
