"""A cached reset next to DSLR restoring the same database from its snapshot.

DSLR wants an older rich than this project, so it gets an environment of its own for the time of the run.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.figures_postgres import BIN, server
from tests.benchmarks.histories import generate
from tests.benchmarks.measuring import Case, times_faster

DSLR = ("DSLR==0.6.0", "psycopg2-binary>=2.9")


@contextmanager
def cases() -> Iterator[Sequence[Case]]:
    """The figures for a small database and for one with a million rows."""
    with server() as maintenance, tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "dslr"
        for words in (("venv", "--quiet", str(home)), ("pip", "install", "--quiet", "--python", str(home), *DSLR)):
            subprocess.run(
                [str(BIN / "uv"), *words, *(["--compile-bytecode"] if words[0] == "pip" else [])], check=True
            )
        found = []
        for rows in (1_000, 1_000_000):
            url = maintenance.with_name(f"dslr_{rows}")
            root = generate(Path(folder) / url.name, url.render(), revisions=20, rows=rows)
            environment = {**os.environ, "DATABASE_URL": url.render()}
            # What DSLR restores has no label, so the guard wants the database's name each time.
            reset = [str(BIN / "dbtasks"), "reset", "--yes", url.name]
            dslr = [str(home / "bin" / "dslr"), "--url", url.render().replace("+psycopg2", "")]
            for command in (reset, reset, [*dslr, "snapshot", url.name]):
                subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
            name, peer = f"reset, cached, {rows:,} rows", "dslr restore"
            found.append(
                Case(name, [reset], peer, [[*dslr, "restore", url.name]], root, environment, "wall", times_faster(2))
            )
        yield found
