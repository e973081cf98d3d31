"""Drop, create, upgrade to head and seed; the old database is kept for undo."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.errors import DIFFERS
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.change import Task
from dbtasks.workflows.reset import reset

_VERDICTS = {
    "same": "A cached reset gives the same content as a replay.",
    "stale": "A cached reset gave other content than a replay, so all templates were dropped. What the build depends "
    "on cannot be seen: name its variables in inputs of [tool.dbtasks], or its files in seed-sources.",
    "never the same": "Two replays differ from each other, by times or random values, so nothing can be said of a "
    "cached reset.",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    cache = parser.add_mutually_exclusive_group()
    cache.add_argument("--no-cache", action="store_true", help="replay the history")
    cache.add_argument(
        "--verify-cache", action="store_true", help="replay beside the database, which stays, and compare"
    )
    parser.add_argument("--no-seed", action="store_true", help="leave the tables as the migrations leave them")
    add_options(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Build the new database beside the old one and swap."""
    with task(settings, "db_reset", options) as this:
        if options.verify_cache:
            return _verify(this, seed=not options.no_seed)
        done = reset(this, seed=not options.no_seed, cache=not options.no_cache)
    terminal.contents(done.summary)
    terminal.show_next(("nox -s serve      the API on this database", "nox -s db_status  all about it"))
    terminal.way_back(done.kept)
    return 0


def _verify(this: Task, *, seed: bool) -> int:
    from dbtasks.workflows.verify import verify

    verdict = verify(this, seed=seed)
    console.say(_VERDICTS[verdict])
    console.say("The database is as it was.")
    return 0 if verdict == "same" else DIFFERS
