"""List the snapshots; delete, rename, export or import one."""

import argparse
from pathlib import Path

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.copies.snapshots import rows_of
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import Reading
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows import snapshots


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--delete", metavar="NAME", help="drop one for good")
    one.add_argument("--rename", nargs=2, metavar=("OLD", "NEW"), help="give one another name")
    one.add_argument("--export", nargs=2, metavar=("NAME", "FILE"), help="write one to a file")
    one.add_argument("--import", nargs=2, metavar=("FILE", "NAME"), dest="bring_in", help="read one from a file")
    add_options(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Do what was asked, or list."""
    if not any((options.delete, options.rename, options.export, options.bring_in)):
        return _list(open_database(settings.url), as_json=options.json)
    with task(settings, "db_snapshots", options) as this:
        if options.delete:
            snapshots.delete(this, options.delete)
            console.say(f"Deleted {options.delete!r}", "green")
        elif options.rename:
            snapshots.rename(this, *options.rename)
            console.say(f"Renamed {options.rename[0]!r} to {options.rename[1]!r}", "green")
        elif options.export:
            snapshots.export(this, options.export[0], Path(options.export[1]))
            console.say(f"Wrote {options.export[1]}", "green")
        else:
            file, name = options.bring_in
            snapshots.bring_in(this, Path(file), name)
            console.say(f"Read {file} as {name!r}", "green")
    return 0


def _list(database: Reading, *, as_json: bool) -> int:
    kept = database.kept("snapshot")
    terminal.warn_of_damaged(database)
    if as_json:
        console.data(
            [
                {
                    "name": one.about.title,
                    "made": one.about.made,
                    "revisions": one.about.revisions,
                    "bytes": one.size,
                    "rows": rows_of(one),
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
            "unknown" if (count := rows_of(one)) is None else f"{count:,}",
            terminal.size(one.size),
        )
        for one in kept
    ]
    console.table(("name", "made", "revision", "rows", "size"), rows, numbers=("rows", "size"))
    return 0
