"""Where a database of the state machine is, on either engine: it is read, changed by hand and cloned here."""

import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from tests.state_machine.content import ABSENT, Content, read_postgres, read_sqlite

PATIENCE = 20.0  # seconds for what a killed task left running


class Place(Protocol):
    """One database by its name."""

    engine: str
    typed_name: str  # what opens it when it is protected

    def spellings(self) -> Sequence[str]:
        """URLs that all mean this database; the first one is plain."""

    def writer_url(self) -> str:
        """What people and the writer connect to."""

    def read(self) -> Content:
        """What is in it."""

    def stored(self) -> Mapping[str, Content]:
        """What is in each of its relatives, by their place."""

    def clone(self, source: str | None) -> "Any":
        """A scratch copy of it (""), of a relative, or of nothing (None): its SQLAlchemy URL and a way to read it."""

    def settle(self) -> None:
        """Wait until what a killed task left running has ended."""

    def remove(self) -> None:
        """Remove it, its relatives and its decoys."""


class SqlitePlace:
    """A file in the project's folder."""

    engine = "sqlite"

    def __init__(self, root: Path, name: str) -> None:
        self.root, self.file, self.typed_name = root, root / name, name
        self.sidecar = root / f".{name}.dbtasks"
        self._known: dict[tuple[Any, ...], Content] = {}
        if not (root / "link").exists():
            (root / "link").symlink_to(root, target_is_directory=True)

    def spellings(self) -> Sequence[str]:
        name = self.file.name
        here = quote(str(self.root))
        return (
            f"sqlite:///{name}",
            f"sqlite:///{here}/{name}",
            f"sqlite:///./link/{name}",
            f"sqlite:///{name}?timeout=20",
        )

    def writer_url(self) -> str:
        return f"sqlite:///{self.file}"

    def read(self) -> Content:
        return read_sqlite(self.file)

    def stored(self) -> Mapping[str, Content]:
        found = {}
        for file in sorted(self.sidecar.glob("kept/*/*.sqlite3")):
            if file.parent.is_symlink():
                continue  # somebody else's
            state = file.stat()
            key = (file.parent.name, state.st_ino, state.st_mtime_ns, state.st_size)
            if key not in self._known:
                self._known[key] = read_sqlite(file)
            found[str(file)] = self._known[key]
        return found

    @contextmanager
    def clone(self, source: str | None) -> Iterator[Any]:
        copy = self.root / f"scratch-{secrets.token_hex(4)}.db"
        try:
            if source is not None and Path(source or self.file).exists():
                shutil.copy(source or self.file, copy)
            yield f"sqlite:///{copy}", lambda: read_sqlite(copy)
        finally:
            copy.unlink(missing_ok=True)

    def settle(self) -> None:
        """A killed process has nothing left running; its journal is rolled back by the next reader."""

    def remove(self) -> None:
        """The folder goes as a whole."""


class PostgresPlace:
    """A database on a throwaway server."""

    engine = "postgres"

    def __init__(self, server: Mapping[str, Any], name: str) -> None:
        self.server, self.name, self.typed_name = server, name, name
        self._known: dict[str, Content] = {}
        self.decoys: set[str] = set()

    def spellings(self) -> Sequence[str]:
        login = f"{self.server['user']}:{self.server['password']}"
        port = self.server["port"]
        return (
            f"postgresql://{login}@127.0.0.1:{port}/{self.name}",
            f"postgresql+psycopg2://{login}@localhost:{port}/{self.name}",
            f"postgres://{login}@127.0.0.1:{port}/{self.name}?application_name=shop",
        )

    def writer_url(self) -> str:
        return self.spellings()[0]

    def read(self) -> Content:
        return read_postgres(self.server, self.name) if self.names(self.name) else ABSENT

    def stored(self) -> Mapping[str, Content]:
        found = {}
        for name in self.names(f"dbtasks_kept_{self.name}%"):
            if name in self.decoys:
                continue
            if name not in self._known:
                self._known[name] = read_postgres(self.server, name)
            found[name] = self._known[name]
        return found

    @contextmanager
    def clone(self, source: str | None) -> Iterator[Any]:
        name = f"scratch_{secrets.token_hex(5)}"
        template = "template1" if source is None else (source or self.name)
        if not self.names(template):
            template = "template1"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        login = f"{self.server['user']}:{self.server['password']}"
        try:
            url = f"postgresql+psycopg2://{login}@127.0.0.1:{self.server['port']}/{name}"
            yield url, lambda: read_postgres(self.server, name)
        finally:
            self._drop(name)

    def settle(self) -> None:
        deadline = time.monotonic() + PATIENCE
        question = (
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            " AND (datname LIKE %s OR query LIKE %s)"
        )
        while time.monotonic() < deadline:
            if self._ask(question, (f"%{self.name}%", f"%{self.name}%")) == [(0,)]:
                return
            time.sleep(0.01)
        raise AssertionError(f"sessions of a killed task are still there after {PATIENCE} s")

    def crash(self) -> None:
        """Kill one backend of the server, so that it ends all others, recovers, and lets people in again."""
        self._run(sql.SQL("CHECKPOINT"))  # without synchronous commits a crash may lose the last half second
        with suppress(psycopg2.OperationalError):
            self._ask("COPY (SELECT 1) TO PROGRAM 'kill -9 $PPID'", ())
        time.sleep(0.5)  # until the postmaster has noticed, it lets people in as if nothing had happened
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self._ask("SELECT 1", ())
            except psycopg2.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def remove(self) -> None:
        for name in self.names(f"%{self.name}%"):
            self._drop(name)

    def names(self, pattern: str) -> list[str]:
        """Databases like a pattern."""
        found = self._ask("SELECT datname FROM pg_database WHERE datname LIKE %s", (pattern.replace("_", "\\_"),))
        return sorted(name for (name,) in found)

    def add_decoy(self, name: str) -> None:
        """Make somebody else's database."""
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        self._run(sql.SQL("CREATE TABLE theirs AS SELECT 1 AS one"), name)
        self.decoys.add(name)

    def _ask(self, question: str, values: Sequence[Any]) -> list[Any]:
        with closing(psycopg2.connect(**self.server, dbname="postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(question, values)
            return list(cursor.fetchall())

    def _drop(self, name: str) -> None:
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composable, database: str = "postgres") -> None:
        with closing(psycopg2.connect(**self.server, dbname=database)) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement)
