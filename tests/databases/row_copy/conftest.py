"""Databases of either engine with the same tables: every type, and keys in a circle."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dbtasks.databases.engines import open_changing
from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.databases.postgres.removal import drop
from dbtasks.databases.protocol import Changing, Label
from dbtasks.urls import DatabaseUrl

LABEL = Label("development", "books")
METADATA = sa.MetaData()
AUTHOR = sa.Table(
    "author",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("favourite_id", sa.Integer, sa.ForeignKey("book.id", use_alter=True, name="fk_favourite")),
    sa.Column("teacher_id", sa.Integer, sa.ForeignKey("author.id", name="fk_teacher")),
)
BOOK = sa.Table(
    "book",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("author_id", sa.Integer, sa.ForeignKey("author.id", name="fk_author"), nullable=False),
)
EVERY = sa.Table(
    "every type",
    METADATA,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("flag", sa.Boolean),
    sa.Column("big", sa.BigInteger),
    sa.Column("small", sa.SmallInteger),
    sa.Column("ratio", sa.Float),
    sa.Column("single", sa.REAL),
    sa.Column("price", sa.Numeric(12, 2)),
    sa.Column("free", sa.Numeric),
    sa.Column("text", sa.Text),
    sa.Column("short", sa.String(20)),
    sa.Column("fixed", sa.CHAR(5)),
    sa.Column("day", sa.Date),
    sa.Column("naive", sa.DateTime),
    sa.Column("aware", sa.DateTime(timezone=True)),
    sa.Column("clock", sa.Time),
    sa.Column("span", sa.Interval),
    sa.Column("raw", sa.LargeBinary),
    sa.Column("document", sa.JSON),
    sa.Column("uuid", sa.Uuid),
    sa.Column("mood", sa.Enum("glad", "sad", name="mood")),
    sa.Column("Odd \" 'Name%s", sa.Integer),
)


@dataclass
class Place:
    """A database with its SQLAlchemy engine."""

    database: Changing
    engine: sa.Engine

    def rows(self, table: sa.Table) -> list[Any]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]

    def insert(self, table: sa.Table, *rows: dict[str, Any]) -> None:
        with self.engine.begin() as connection:
            for row in rows:
                connection.execute(sa.insert(table), row)

    def run(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


@pytest.fixture
def places(tmp_path: Path, postgres_server: DatabaseUrl) -> Iterator[Callable[[str], Place]]:
    made: list[Place] = []

    def make(engine: str) -> Place:
        name = f"copy_{secrets.token_hex(6)}"
        url = DatabaseUrl("sqlite", str(tmp_path / name)) if engine == "sqlite" else postgres_server.with_name(name)
        database = open_changing(url)
        database.create(LABEL)
        place = Place(database, sa.create_engine(url.render()))
        made.append(place)
        METADATA.create_all(place.engine)
        return place

    yield make
    for place in made:
        place.engine.dispose()
        if isinstance(place.database, PostgresDatabase):
            place.database.server.execute(drop(place.database.url.name))


WAYS = [("sqlite", "postgres"), ("postgres", "sqlite"), ("postgres", "postgres"), ("sqlite", "sqlite")]
