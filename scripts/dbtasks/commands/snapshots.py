"""List the snapshots; delete, rename, export or import one."""

import argparse
from pathlib import Path

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.copies import snapshots
from dbtasks.databases import Database
from dbtasks.views import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("--json", action="store_true", help="for programs")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--delete", metavar="NAME", help="drop one for good")
    one.add_argument("--rename", nargs=2, metavar=("OLD", "NEW"), help="give one another name")
    one.add_argument("--export", nargs=2, metavar=("NAME", "FILE"), help="write one to a file")
    one.add_argument("--import", nargs=2, metavar=("FILE", "NAME"), dest="bring_in", help="read one from a file")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Do what was asked, or list."""
    database = terminal.opened(settings)
    if not any((options.delete, options.rename, options.export, options.bring_in)):
        return _list(database, as_json=options.json)
    with database.lock("db_snapshots", settings.project.lock_wait):
        if not options.export:
            guard.permit(settings, database, "db_snapshots", options.yes)
        if options.delete:
            database.remove(snapshots.find(database, options.delete))
            console.say(f"Deleted {options.delete!r}", "green")
        elif options.rename:
            snapshots.rename(database, *options.rename)
            console.say(f"Renamed {options.rename[0]!r} to {options.rename[1]!r}", "green")
        elif options.export:
            snapshots.export(database, options.export[0], Path(options.export[1]))
            console.say(f"Wrote {options.export[1]}", "green")
        else:
            file, name = options.bring_in
            snapshots.bring_in(database, guard.label_for(settings), Path(file), name, overwrite=False)
            console.say(f"Read {file} as {name!r}", "green")
    return 0


def _list(database: Database, *, as_json: bool) -> int:
    kept = database.kept("snapshot")
    if as_json:
        console.data(
            [
                {
                    "name": one.about.title,
                    "made": one.about.made,
                    "revisions": one.about.revisions,
                    "bytes": one.size,
                    "rows": int(one.about.facts.get("rows", 0)),
                }
                for one in kept
            ]
        )
        return 0
    if not kept:
        console.say(f"{database.place} has no snapshots")
        terminal.show_next(('nox -s db_snapshot -- "before the demo"',))
        return 0
    rows = [
        (
            one.about.title,
            terminal.age(one.about.made),
            ", ".join(one.about.revisions) or "none",
            f"{int(one.about.facts.get('rows', 0)):,}",
            terminal.size(one.size),
        )
        for one in kept
    ]
    console.table(("name", "made", "revision", "rows", "size"), rows, numbers=("rows", "size"))
    return 0
