"""The project's history on a database of a test's own, run in this process, with revisions added on top."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, inspect, select, text
from sqlalchemy.pool import NullPool

from app.config import BACKEND, parse_url

Rows = dict[str, list[tuple[Any, ...]]]
VERSIONS = "alembic_version"  # Alembic's own table, which stays after the last downgrade


class History:
    """`alembic` on one database; what is asked about the database is asked by a connection of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self._folder = folder
        self.config = Config(BACKEND / "alembic.ini")
        self.config.set_main_option("version_locations", f"{BACKEND / 'migrations' / 'versions'}{os.pathsep}{folder}")
        self.engine = observer(url)

    def upgrade(self, revision: str = "head", *, sql: bool = False) -> None:
        command.upgrade(self.config, revision, sql=sql)

    def downgrade(self, revision: str) -> None:
        command.downgrade(self.config, revision)

    def check(self) -> None:
        command.check(self.config)

    def revisions(self) -> list[str]:
        """Every revision, the first one first."""
        return [script.revision for script in ScriptDirectory.from_config(self.config).walk_revisions()][::-1]

    def add(self, name: str, body: str, *, after: str = "") -> None:
        """Put a revision on top of the history (or after another one); `body` is the text of its upgrade()."""
        (self._folder / f"{name}.py").write_text(
            f"import sqlalchemy as sa\nfrom alembic import op\n\nrevision = {name!r}\n"
            f"down_revision = {after or self.revisions()[-1]!r}\n\n\ndef upgrade():\n    {body}\n"
        )

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    def execute(self, *statements: str) -> None:
        with self.connection() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def scalars(self, query: str) -> Sequence[Any]:
        with self.connection() as connection:
            return connection.scalars(text(query)).all()

    def current(self) -> Sequence[Any]:
        return self.scalars(f"SELECT version_num FROM {VERSIONS}")

    def rows(self) -> Rows:
        """Every row of every table, columns by name, since a column that came back stands last."""
        with self.connection() as connection:
            known = MetaData()
            known.reflect(connection)
            return {
                table.name: sorted(
                    (tuple(row) for row in connection.execute(select(*(table.c[n] for n in sorted(table.c.keys()))))),
                    key=repr,
                )
                for table in known.tables.values()
                if table.name != VERSIONS
            }

    def schema(self) -> dict[str, Any]:
        """All that can be told of the tables, without the order of their columns."""
        with self.connection() as connection:
            seen = inspect(connection)
            return {
                table: {
                    "columns": sorted(
                        (c["name"], str(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(table)
                    ),
                    "key": seen.get_pk_constraint(table),
                    "foreign keys": sorted(seen.get_foreign_keys(table), key=lambda key: str(key["name"])),
                    "unique": seen.get_unique_constraints(table),
                    "checks": seen.get_check_constraints(table),
                    "indexes": sorted(seen.get_indexes(table), key=lambda index: str(index["name"])),
                }
                for table in sorted(seen.get_table_names())
                if table != VERSIONS
            }


def observer(url: str) -> Engine:
    """An engine that keeps no connection; foreign keys hold, as they do for the application."""
    engine = create_engine(parse_url(url), poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA foreign_keys=ON"))
    return engine
