"""`switch --copy-data` of a million rows, both ways, next to plain COPY of the same rows from a file and to one.

Plain COPY only moves them; the switch also builds the target, compares checksums of both sides and keeps an undo.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copytree, ignore_patterns

from dbtasks.urls import DatabaseUrl
from tests.benchmarks.figures_postgres import BIN, ROOT, server
from tests.benchmarks.measuring import Case

ROWS = 1_000_000
DBTASKS = str(BIN / "dbtasks")
FILL = """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
    INSERT INTO book (id, title, pages) SELECT 1000 + i, 'Book ' || i, i % 900 FROM n"""
# Into a table of the same columns and key, made anew in a database of its own; or out of the one with the rows.
PLAIN = """
import json, os, sys, psycopg2
statement, file, mode = sys.argv[1:]
connection = psycopg2.connect(**json.loads(os.environ["PLAIN" if mode == "r" else "FILLED"]))
with connection, connection.cursor() as cursor, open(file, mode) as lines:
    if mode == "r":
        cursor.execute("DROP TABLE IF EXISTS book; "
            "CREATE TABLE book (id integer PRIMARY KEY, title varchar(80), pages integer)")
    cursor.copy_expert(statement, lines)
connection.close()
"""


@dataclass(frozen=True)
class Pair:
    """A project with a database on either engine, one of them filled; and a database for plain COPY."""

    root: Path
    server: DatabaseUrl

    @property
    def texts(self) -> dict[str, str]:
        """The URLs of the project's two databases."""
        return {
            "PostgreSQL": self.server.with_name("bench_copy").render(),
            "SQLite": f"sqlite:///{self.root / 'books.db'}",
        }

    @property
    def environment(self) -> dict[str, str]:
        """For both sides; which database is in use stands in .env, where the switch changes it."""
        clean = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "SQLITE_URL"}}
        places = {"PLAIN": "bench_plain", "FILLED": "bench_copy"}
        arguments = {key: {**self.server.with_name(name).connect_arguments()} for key, name in places.items()}
        return {**clean, **{key: json.dumps(value) for key, value in arguments.items()}}

    def use(self, engine: str) -> None:
        """Let this be the database that the rows come from."""
        lines = (f"DATABASE_URL={self.texts[engine]}", f"SQLITE_URL={self.texts['SQLite']}", "")
        (self.root / ".env").write_text("\n".join(lines))

    def switch(self, engine: str) -> tuple[str, ...]:
        """The command that takes the rows to an engine."""
        return (DBTASKS, "switch", self.texts[engine], "--copy-data")

    def prepare(self) -> None:
        """Fill both databases."""
        self.use("SQLite")
        self._run(DBTASKS, "reset")
        with closing(sqlite3.connect(self.root / "books.db")) as connection:
            connection.execute(FILL, (ROWS,))
            connection.commit()
        plain = self.server.with_name("bench_plain").render()
        self._run(sys.executable, "-m", "tests.benchmarks.recreate", plain, PYTHONPATH=str(ROOT))
        self._run(*self.switch("PostgreSQL"))

    def _run(self, *command: str, **more: str) -> None:
        subprocess.run(command, cwd=self.root, env={**self.environment, **more}, check=True, capture_output=True)


@contextmanager
def cases() -> Iterator[Sequence[Case]]:
    """The figures for both directions."""
    with server() as maintenance, tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "linear"
        copytree(ROOT / "tests" / "examples" / "linear", root, ignore=ignore_patterns("__pycache__"))
        pair = Pair(root, maintenance)
        pair.prepare()
        plain = (sys.executable, "-c", PLAIN)
        csv = str(root / "rows.csv")
        out = (*plain, "COPY book TO STDOUT (FORMAT csv)", csv, "w")
        into = (*plain, "COPY book FROM STDIN (FORMAT csv)", csv, "r")
        yield [
            _case(pair, "PostgreSQL", "SQLite", "COPY TO a CSV file", out),  # which the second one reads
            _case(pair, "SQLite", "PostgreSQL", "COPY FROM a CSV file", into),
        ]


def _case(pair: Pair, source: str, target: str, peer: str, plain: Sequence[str]) -> Case:
    name = f"switch --copy-data, {source} to {target}, {ROWS:,} rows"
    there = (pair.root, pair.environment)
    return Case(name, [pair.switch(target)], peer, [plain], *there, before=partial(pair.use, source), rounds=3)
