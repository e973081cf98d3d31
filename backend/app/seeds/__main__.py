"""The command `python -m app.seeds [SET ...] [--scale N]`."""

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError

from app.config import ConfigError
from app.database import engine
from app.faults import explain
from app.seeds import sets
from app.seeds.upsert import Change, upsert_all


def main(arguments: Sequence[str] | None = None) -> int:
    """Load the seeds in one transaction and say what has changed.

    Args:
        arguments: the command line without the program; that of the process when None.

    Returns:
        The exit code: 0, or 1 when the database cannot take the seeds.
    """
    options = _parse(arguments)
    seeds = sets.read(options.sets or sets.names(), scale=options.scale)
    try:
        with engine().begin() as connection:
            changes = upsert_all(connection, seeds)
    except ConfigError as error:
        return _fail(str(error))
    except DBAPIError as error:
        return _fail(
            str(explain(error) or f"the database did not take them: {_first_line(error)}. Nothing has changed.")
        )
    sys.stdout.write(_report(changes) + "\n")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app.seeds", description="Load the seeds; safe to repeat.")
    parser.add_argument(
        "sets", nargs="*", metavar="SET", help=f"one of {', '.join(sets.names())}; all when none is given"
    )
    parser.add_argument("--scale", type=int, default=0, metavar="N", help="add N generated resources")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.sets if name not in sets.names()]
    if unknown:
        parser.error(f"there is no set {', '.join(unknown)}; there are {', '.join(sets.names())}")
    if options.scale < 0:
        parser.error("--scale cannot be negative")
    return options


def _report(changes: Sequence[Change]) -> str:
    if not any(changes):
        return "Seeds: nothing to change ({})".format(", ".join(f"{c.table} {c.unchanged}" for c in changes))
    return "\n".join(
        f"Seeds: {c.table}: {c.inserted} inserted, {c.updated} updated, {c.unchanged} unchanged" for c in changes
    )


def _fail(reason: str) -> int:
    sys.stderr.write(f"Seeds: {reason}\n")
    return 1


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0].rstrip(".")


if __name__ == "__main__":
    sys.exit(main())
