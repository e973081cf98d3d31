"""PostgreSQL: a cached reset next to the bare SQL it is made of, next to a replay, and as histories and data grow.

The server is the one of DBTASKS_TEST_POSTGRES, or a throwaway one in Docker as the tests use.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dbtasks.urls import DatabaseUrl, parse_url
from tests.benchmarks.histories import generate
from tests.benchmarks.measuring import Case, at_most_times, times_faster
from tests.fixtures import postgres

ROOT = Path(__file__).parent.parent.parent
BIN = ROOT / ".venv" / "bin"
FLOOR = """
import json, os, psycopg2
from psycopg2 import sql
c = psycopg2.connect(**json.loads(os.environ["FLOOR"]))
c.autocommit = True
cursor = c.cursor()
def run(text, *names):
    cursor.execute(sql.SQL(text).format(*map(sql.Identifier, names)))
run("CREATE DATABASE {} TEMPLATE {}", "floor_new", "floor_template")
run("BEGIN")
run("ALTER DATABASE {} RENAME TO {}", "floor", "floor_old")
run("ALTER DATABASE {} RENAME TO {}", "floor_new", "floor")
run("COMMIT")
run("DROP DATABASE {}", "floor_old")
"""


@contextmanager
def server() -> Iterator[DatabaseUrl]:
    """The maintenance database of a server that may be filled with rubbish."""
    given = os.environ.get("DBTASKS_TEST_POSTGRES")
    if given:
        yield parse_url(given, base=ROOT)
        return
    run = str(os.getpid())
    try:
        port = postgres.start_server(run)
        postgres.wait_for(postgres.address(port))
        yield postgres.address(port)
    finally:
        postgres.remove_servers(only_run=run)


@contextmanager
def cases() -> Iterator[Sequence[Case]]:
    """The figures, on generated histories of 20 and 300 revisions and a million rows."""
    with server() as maintenance, tempfile.TemporaryDirectory() as folder:
        yield [
            *_for(maintenance, Path(folder), revisions=20, rows=1_000, faster=10),
            *_for(maintenance, Path(folder), revisions=300, rows=1_000, faster=10),
            *_for(maintenance, Path(folder), revisions=20, rows=1_000_000, faster=100),
        ]


def _for(maintenance: DatabaseUrl, folder: Path, *, revisions: int, rows: int, faster: int) -> Iterator[Case]:
    name = f"bench_{revisions}_{rows}"
    url = maintenance.with_name(name)
    root = generate(folder / name, url.render(), revisions=revisions, rows=rows)
    floor = {**maintenance.connect_arguments()}
    environment = {**os.environ, "DATABASE_URL": url.render(), "FLOOR": json.dumps(floor)}
    # What the replay builds has no label, so the guard wants the database's name each time.
    reset = (str(BIN / "dbtasks"), "reset", "--yes", name)
    subprocess.run(reset, cwd=root, env=environment, check=True, capture_output=True)
    subprocess.run(reset, cwd=root, env=environment, check=True, capture_output=True)
    _prepare_floor(maintenance, name)
    words = f"{revisions} revisions, {rows:,} rows"
    bare = (sys.executable, "-c", FLOOR)
    create = (sys.executable, "-m", "tests.benchmarks.recreate", url.render())
    replay = [create, (str(BIN / "alembic"), "upgrade", "head"), (str(BIN / "python"), "seeds.py")]
    there = (root, {**environment, "PYTHONPATH": str(ROOT)})
    yield Case(f"reset, {words}", [reset], "bare SQL", [bare], *there, "wall", at_most_times(1.5))
    rounds = 3 if revisions * rows > 1_000_000 else 5
    yield Case(
        f"reset, {words}",
        [reset],
        "drop; create; upgrade; seed",
        replay,
        *there,
        "wall",
        times_faster(faster),
        rounds=rounds,
    )


def _prepare_floor(maintenance: DatabaseUrl, source: str) -> None:
    """A template without labels and a database to replace, both copies of what the reset has built."""
    from psycopg2 import sql

    for made in ("floor_template", "floor"):
        for text in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {} TEMPLATE {}"):
            names = map(sql.Identifier, (made, source))
            postgres.execute(maintenance, sql.SQL(text).format(*list(names)[: text.count("{}")]))
