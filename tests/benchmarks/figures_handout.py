"""How long a test waits for its database when the pool is warm: the work of making it is done by then."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from dbtasks import config
from dbtasks.pyproject import load_project
from dbtasks.workflows.databases_for_tests import pool, shared_template
from tests.benchmarks.figures_postgres import server
from tests.benchmarks.measuring import Reading
from tests.fixtures.projects import EXAMPLES

TESTS = 60
WORK = 0.15  # seconds that a test takes; databases are made meanwhile


@contextmanager
def cases() -> Iterator[Sequence[Reading]]:
    """The figure on each engine."""
    with server() as maintenance, tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": f"sqlite:///{folder}/books.db", "PostgreSQL": maintenance.with_name("handout").render()}
        yield [
            Reading(
                f"a database handed to a test, {name}", _waited(Path(folder) / name, url), 0.005, "IntegreSQL: 0.011"
            )
            for name, url in urls.items()
        ]


def _waited(root: Path, url: str) -> float:
    shutil.copytree(EXAMPLES / "linear", root)
    settings = config.load(load_project(root), {"DATABASE_URL": url})
    template = shared_template(settings, wait=10)
    waits = []
    with pool(settings, template, ready=6) as ready:
        for _ in range(TESTS):
            time.sleep(WORK)
            started = time.perf_counter()
            taken = ready.take()
            waits.append(time.perf_counter() - started)
            ready.give_back(taken)
    return median(waits)
