"""`nox -s bench`: each figure of the suite next to its peer, measured in turns on this machine, now."""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.measuring import Case, Reading, Result, measure

FIGURES = sorted(path.stem.removeprefix("figures_") for path in Path(__file__).parent.glob("figures_*.py"))


def main(wanted: Sequence[str]) -> None:
    """Measure the named groups of figures, or all of them.

    Args:
        wanted: names of the `figures_*.py` files beside this one.
    """
    unknown = set(wanted) - set(FIGURES)
    if unknown:
        sys.exit(f"There are no figures {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}")
    console = Console(width=None if sys.stdout.isatty() else 150)
    for name in wanted or FIGURES:
        module = importlib.import_module(f"tests.benchmarks.figures_{name}")
        with module.cases() as cases:
            console.print(_table(name, cases))


def _table(name: str, cases: Sequence[Case | Reading]) -> Table:
    table = Table(title=f"{name}: medians of commands run in turns", title_justify="left")
    for heading in ("what", "ours s", "peer", "peer s", "ratio", "target", "met"):
        table.add_column(heading, justify="right" if heading in {"ours s", "peer s", "ratio"} else "left")
    for case in cases:
        table.add_row(*(_row(case, measure(case)) if isinstance(case, Case) else _reading_row(case)))
    return table


def _reading_row(reading: Reading) -> tuple[str, ...]:
    met = "yes" if reading.seconds <= reading.limit else "NO"
    return (reading.name, f"{reading.seconds:.4f}", reading.beside, "", "", f"at most {reading.limit:g} s", met)


def _row(case: Case, result: Result) -> tuple[str, ...]:
    return (
        f"{case.name} ({case.by})",
        f"{result.ours:.3f}",
        case.peer_name,
        f"{result.peer:.3f}",
        f"{result.ratio:.2f}",
        case.target.text if case.target else "",
        "" if case.target is None else "yes" if case.target.met(result) else "NO",
    )


main(sys.argv[1:])
