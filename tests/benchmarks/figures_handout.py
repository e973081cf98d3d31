"""How long a test waits for its database when the pool is warm: the work of making it is done by then."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from dbtasks import config
from dbtasks.copies.pool import Pool, slot
from dbtasks.databases import open_database
from dbtasks.workflows import reset
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
    settings = config.load(config.load_project(root), {"DATABASE_URL": url})
    database = open_database(settings.url)
    with database.lock("bench", 10):
        template = reset.template(settings, database)
    waits = []
    with slot(settings.url) as owner:
        pool = Pool(owner, template, ready=6)
        for _ in range(TESTS):
            time.sleep(WORK)
            started = time.perf_counter()
            taken = pool.take()
            waits.append(time.perf_counter() - started)
            pool.give_back(taken)
        pool.close()
    return median(waits)
