"""SQLite: a reset without any cache next to plain Alembic, with it next to the same, and what a session adds."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.measuring import Case, at_most_more, at_most_times, times_faster

ROOT = Path(__file__).parent.parent.parent
BIN = ROOT / ".venv" / "bin"
UPGRADE = (str(BIN / "alembic"), "-c", "backend/alembic.ini", "upgrade", "head")
CURRENT = (str(BIN / "alembic"), "-c", "backend/alembic.ini", "current")
SEEDS = ("env", "-C", "backend", str(BIN / "python"), "-m", "app.seeds")
# What plain Alembic builds has no label, so the guard wants the database's name each time.
YES = ("--yes", "bench.db")
RESET = (str(BIN / "dbtasks"), "reset", *YES)
NOX = (str(BIN / "nox"), "-s")


@contextmanager
def cases() -> Iterator[Sequence[Case]]:
    """The figures, on the backend of this project and a database of their own."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.db"
        there = (ROOT, {**os.environ, "DATABASE_URL": f"sqlite:///{database}"})
        remove = ("rm", "-f", str(database))
        plain = ("rm; alembic upgrade head", [remove, UPGRADE])
        seeded = ("rm; alembic upgrade head; seeds", [remove, UPGRADE, SEEDS])
        uncached = (*RESET, "--no-cache")

        yield [
            Case("reset --no-cache --no-seed", [(*uncached, "--no-seed")], *plain, *there, "cpu", at_most_times(1.15)),
            Case("reset --no-cache", [uncached], *seeded, *there, "cpu", at_most_times(1.15)),
            Case("reset, cached", [RESET], *seeded, *there, "wall", times_faster(10)),
            Case("nox -s db_reset, cached", [(*NOX, "db_reset", "--", *YES)], *seeded, *there, "wall"),
            Case(
                "nox -s current", [(*NOX, "current")], "alembic current", [CURRENT], *there, "wall", at_most_more(0.35)
            ),
        ]
