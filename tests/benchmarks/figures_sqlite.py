"""SQLite: what a reset without any cache costs on top of plain Alembic, and what a session adds."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.measuring import Case, at_most_more, at_most_times

ROOT = Path(__file__).parent.parent.parent
BIN = ROOT / ".venv" / "bin"


@contextmanager
def cases() -> Iterator[Sequence[Case]]:
    """The figures, on the backend of this project and a database of their own."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.db"
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}"}
        remove = ("rm", "-f", str(database))
        upgrade = (str(BIN / "alembic"), "-c", "backend/alembic.ini", "upgrade", "head")
        seeds = ("env", "-C", "backend", str(BIN / "python"), "-m", "app.seeds")
        reset = (str(BIN / "dbtasks"), "reset", "--no-cache")
        current = (str(BIN / "alembic"), "-c", "backend/alembic.ini", "current")

        def case(name: str, ours: Sequence[str], peer_name: str, *peer: Sequence[str]) -> Case:
            return Case(name, [ours], peer_name, peer, ROOT, environment)

        def by_cpu(case: Case) -> Case:
            return Case(**{**vars(case), "by": "cpu", "target": at_most_times(1.15)})

        yield [
            by_cpu(case("dbtasks reset --no-cache --no-seed", (*reset, "--no-seed"), "rm; alembic upgrade head", remove, upgrade)),
            by_cpu(case("dbtasks reset --no-cache", reset, "rm; alembic upgrade head; seeds", remove, upgrade, seeds)),
            case("nox -s db_reset", (str(BIN / "nox"), "-s", "db_reset"), "rm; alembic upgrade head; seeds", remove, upgrade, seeds),
            Case(
                **{
                    **vars(case("nox -s current", (str(BIN / "nox"), "-s", "current"), "alembic current", current)),
                    "target": at_most_more(0.35),
                }
            ),
        ]
