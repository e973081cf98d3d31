"""The heads of the history; more than one want a merge."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.views import terminal
from dbtasks.workflows.checkout import read_history


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Show them; several with what each has of its own since they parted, and who wrote it when."""
    from dbtasks.revisions.authors import Origin, origins
    from dbtasks.revisions.graph import draw, fork

    history = read_history(settings)
    heads = [revision for revision in history if revision.is_head]
    several = len(heads) > 1
    known = origins(heads[0].file.parent) if several or (heads and options.json) else {}
    base, own = fork(history.parents, [head.id for head in heads])
    if options.json:
        console.data(
            [
                {
                    "id": head.id,
                    "message": head.message,
                    "file": str(head.file),
                    "author": known.get(head.file, Origin()).author,
                    "date": known.get(head.file, Origin()).date,
                    "since": base if several else None,
                    "own": own[head.id] if several else [],
                }
                for head in heads
            ]
        )
        return 0
    if not several:
        for head in heads:
            console.say(f"{head.id}  {head.message}")
        return 0
    part = {key for keys in own.values() for key in keys} | ({base} if base else set())
    nodes = ((key, [up for up in one.parents if up in part]) for key, one in history.by_id.items() if key in part)
    for drawing, key in draw(nodes):
        one = history.by_id.get(key)
        origin = f"  ({known.get(one.file, Origin())})" if one else ""
        mark = "  <- head" if one and one.is_head else "  <- common" if key and key == base else ""
        console.say(f"{drawing}  {key}  {one.message}{origin}{mark}" if one else drawing)
    terminal.show_next(("nox -s merge",))
    return 0
