"""Do the models and the database agree? Exit code 4 when not."""

import argparse

from dbtasks import console, guard, reporting
from dbtasks.config import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""


def run(settings: Settings, options: argparse.Namespace) -> int:  # noqa: ARG001 (every command has this shape)
    """Compare the models with a scratch database at head, so that nobody has to upgrade first."""
    from dbtasks import revisions

    database = reporting.opened(settings)
    with database.lock("check", settings.project.lock_wait), database.draft() as scratch:
        scratch.create(guard.label_for(settings))
        aimed = settings.on(scratch.url)
        revisions.require_one_head(revisions.heads(aimed))
        revisions.upgrade(aimed, "head", lambda _: None)
        revisions.check(aimed)
    console.say("The models and the history agree", "green")
    return 0
