"""migrate next to plain `alembic upgrade head`: with 300 revisions pending, and with nothing to do."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from psycopg2 import sql

from dbtasks.urls import DatabaseUrl
from tests.benchmarks.figures_postgres import BIN, server
from tests.benchmarks.histories import generate
from tests.benchmarks.measuring import Case, at_most_times
from tests.fixtures import postgres

REVISIONS = 300
MIGRATE = (str(BIN / "dbtasks"), "migrate")
PLAIN = (str(BIN / "alembic"), "upgrade", "head")


@contextmanager
def cases() -> Iterator[Sequence[Case]]:
    """The figures on both engines; what the suite archives and keeps is thrown away before each round."""
    with server() as maintenance, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sqlite" / "bench.db"
        url = maintenance.with_name("bench_migrate")
        yield [
            *_pair("SQLite", Path(folder) / "sqlite", f"sqlite:///{file}", partial(file.unlink, missing_ok=True)),
            *_pair("PostgreSQL", Path(folder) / "postgres", url.render(), partial(_recreate, maintenance, url.name)),
        ]
        postgres.execute(maintenance, sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(url.name)))


def _pair(engine: str, root: Path, url: str, empty: Callable[[], None]) -> Iterator[Case]:
    generate(root, url, revisions=REVISIONS, rows=0)
    there = (root, {**os.environ, "DATABASE_URL": url})

    def nothing_yet() -> None:
        empty()
        shutil.rmtree(root / ".dbtasks" / "revisions", ignore_errors=True)

    words = f"{engine}, {REVISIONS} pending"
    pending = Case(
        words, [MIGRATE], "alembic upgrade head", [PLAIN], *there, "cpu", at_most_times(1.1), nothing_yet, rounds=5
    )
    yield pending
    words = f"{engine}, at head of {REVISIONS}"
    yield Case(words, [MIGRATE], "alembic upgrade head", [PLAIN], *there, "cpu", at_most_times(1.1))


def _recreate(maintenance: DatabaseUrl, name: str) -> None:
    for text in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"):
        postgres.execute(maintenance, sql.SQL(text).format(sql.Identifier(name)))
