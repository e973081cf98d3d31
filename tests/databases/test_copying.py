"""Rows carried across: every type, both ways, and what cannot be carried is named."""

import secrets
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dbtasks.databases import Database, Label, open_database
from dbtasks.databases.copying import copy_rows
from dbtasks.databases.copying.kinds import moment
from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.databases.postgres.swapping import drop
from dbtasks.errors import DatabaseError
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

    database: Database
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
        database = open_database(url)
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
FULL = {
    "id": 2**62,
    "flag": True,
    "big": -(2**63),
    "small": -32768,
    "ratio": 0.1 + 0.2,
    "single": 0.5,
    "price": Decimal("1234567890.12"),
    "free": Decimal("0.123456789"),
    "text": "Vétéran 数据库 🎖 'quoted' \"double\" a\\b \\N tab\t cr\r lf\n crlf\r\n \\. ${x} %s",
    "short": "",
    "fixed": "ab   ",
    "day": date(1, 1, 1),
    "naive": datetime(1969, 12, 31, 23, 59, 59, 999999),  # noqa: DTZ001 (a naive column)
    "clock": time(23, 59, 59, 1),
    "span": timedelta(days=-3, microseconds=7),
    "raw": bytes(range(256)),
    "document": {"b": [1, 2.5, None, True, "é\\u2028"], "a": {}},
    "uuid": UUID("00000000-0000-4000-8000-0123456789ab"),
    "mood": "sad",
    "Odd \" 'Name%s": 7,
}


def aware(place: Place, value: datetime) -> datetime:
    """SQLAlchemy drops the zone on SQLite; UTCDateTime of sqlmodel gives it UTC to drop."""
    return value if place.database.engine == "postgres" else value.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_every_type_arrives_as_it_was(source: str, target: str, places: Callable[[str], Place]) -> None:
    here, there = places(source), places(target)
    now = datetime(2026, 11, 23, 12, 30, 1, 5, tzinfo=UTC)
    here.insert(
        EVERY, {**FULL, "aware": aware(here, now)}, {"id": 1}, {"id": 2, "text": "", "raw": b"", "document": None}
    )
    here.insert(
        EVERY, {"id": 3, "flag": False, "price": Decimal("5.00"), "fixed": "x", "document": [], "big": 2**63 - 1}
    )
    there.insert(EVERY, {"id": 99, "text": "is to go"})

    copied = copy_rows(here.database, there.database)

    def comparable(place: Place) -> list[Any]:
        rows = []
        for row in place.rows(EVERY):
            values = dict(zip(EVERY.columns.keys(), row, strict=True))
            values["fixed"] = values["fixed"] and values["fixed"].rstrip(" ")
            if values["aware"] is not None and values["aware"].tzinfo is not None:
                values["aware"] = values["aware"].astimezone(UTC).replace(tzinfo=None)
            rows.append(values)
        return rows

    assert comparable(there) == comparable(here)
    assert copied.rows == {"author": 0, "book": 0, "every type": 4}
    assert there.rows(EVERY)[-1][EVERY.columns.keys().index("ratio")] == 0.1 + 0.2


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_circles_and_self_references_and_the_numbers_after_them(
    source: str, target: str, places: Callable[[str], Place]
) -> None:
    here, there = places(source), places(target)
    here.insert(AUTHOR, {"id": 10, "name": "Ann"}, {"id": 5, "name": "Bob", "teacher_id": 10})
    here.insert(BOOK, {"id": 8, "author_id": 5}, {"id": 3, "author_id": 10})
    here.run("UPDATE author SET favourite_id = 8, teacher_id = 5 WHERE id = 10")
    before = sa.inspect(there.engine)
    keys = {table: sorted(before.get_foreign_keys(table), key=repr) for table in ("author", "book")}
    seen: list[tuple[str, int]] = []

    copy_rows(here.database, there.database, lambda table, rows: seen.append((table, rows)))

    assert (there.rows(AUTHOR), there.rows(BOOK)) == (here.rows(AUTHOR), here.rows(BOOK))
    assert {("author", 2), ("book", 2)} <= set(seen)
    after = sa.inspect(there.engine)
    assert {table: sorted(after.get_foreign_keys(table), key=repr) for table in keys} == keys
    there.insert(AUTHOR, {"name": "Cy"})
    assert [row[0] for row in there.rows(AUTHOR)] == [5, 10, 11]


def test_sequences_go_on_after_numbers_that_were_given_out(places: Callable[[str], Place]) -> None:
    here, there, third = places("postgres"), places("postgres"), places("sqlite")
    for place in (here, there):
        place.run("CREATE SEQUENCE counter", "ALTER TABLE book ALTER id SET DEFAULT nextval('counter')")
        place.run("CREATE TABLE ident (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int)")
    third.run("CREATE TABLE ident (id INTEGER PRIMARY KEY AUTOINCREMENT, n int)")
    here.insert(AUTHOR, {"name": "Ann"})
    here.run("SELECT nextval('counter')", "INSERT INTO book (author_id) VALUES (1)")
    here.run("INSERT INTO ident (n) VALUES (1), (2), (3)", "DELETE FROM ident WHERE id = 3")

    copy_rows(here.database, there.database)
    copy_rows(here.database, third.database)
    there.run("INSERT INTO book (author_id) VALUES (1)", "INSERT INTO ident (n) VALUES (4)")
    third.run("INSERT INTO ident (n) VALUES (4)")
    assert [row[0] for row in there.rows(BOOK)] == [2, 3]
    ident = sa.table("ident", sa.column("id"))
    for place in (there, third):
        with place.engine.connect() as connection:
            assert connection.execute(sa.select(ident).order_by("id")).scalars().all() == [1, 2, 4]

    copy_rows(third.database, there.database)
    there.run("INSERT INTO ident (n) VALUES (5)")
    with there.engine.connect() as connection:
        assert connection.execute(sa.select(ident).order_by("id")).scalars().all() == [1, 2, 4, 5]


def test_triggers_do_not_fire_and_are_there_afterwards(places: Callable[[str], Place]) -> None:
    here, there = places("sqlite"), places("postgres")
    here.insert(AUTHOR, {"id": 1, "name": "Ann"})
    for place in (here, there):
        place.run("CREATE TABLE log (n int)")
    there.run(
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN INSERT INTO log VALUES (1); RETURN NEW; END'",
        "CREATE TRIGGER noting AFTER INSERT ON author FOR EACH ROW EXECUTE FUNCTION note()",
        "CREATE TRIGGER always AFTER INSERT ON author FOR EACH ROW EXECUTE FUNCTION note()",
        "ALTER TABLE author ENABLE ALWAYS TRIGGER always",
        "COMMENT ON CONSTRAINT fk_author ON book IS 'who wrote it'",
    )

    assert copy_rows(here.database, there.database).rows["log"] == 0
    with there.engine.connect() as connection:
        states = connection.exec_driver_sql(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
        )
        assert [tuple(row) for row in states] == [("always", "A"), ("noting", "O")]
        comment = connection.exec_driver_sql(
            "SELECT obj_description(oid) FROM pg_constraint WHERE conname = 'fk_author'"
        )
        assert comment.scalar() == "who wrote it"

    here.run("CREATE TRIGGER noting AFTER INSERT ON author BEGIN INSERT INTO log VALUES (1); END")
    assert copy_rows(there.database, here.database).rows["log"] == 0
    here.insert(AUTHOR, {"id": 2, "name": "Bob"})
    assert here.database.rows()["log"] == 1


def test_sqlites_own_spellings_of_moments_are_understood(places: Callable[[str], Place]) -> None:
    here, there = places("sqlite"), places("postgres")
    here.run(
        'INSERT INTO "every type" (id, aware, naive, clock) VALUES '
        "(1, '2026-01-02 03:04:05', '2026-01-02T03:04:05.5', '03:04:05'), "
        "(2, '2026-01-02 03:04:05+02:00', CURRENT_TIMESTAMP, CURRENT_TIME)"
    )

    copy_rows(here.database, there.database)

    with there.engine.connect() as connection:
        [first, second] = connection.execute(sa.select(EVERY.c.aware).order_by(EVERY.c.id)).scalars()
    assert first == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert second == datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)


REFUSED_BY_POSTGRES = [
    (
        "INSERT INTO author (id, name) VALUES (7, 'a' || char(0) || 'b')",
        "author.name where id = 7 holds a NUL character",
    ),
    ("INSERT INTO author (id, name) VALUES (7, printf('%0100d', 1))", "too long"),
    ("INSERT INTO \"every type\" (id, day) VALUES (7, 'yesterday-ish')", "invalid input syntax for type date"),
    ('INSERT INTO "every type" (id, small) VALUES (7, 70000)', "out of range"),
    ("INSERT INTO \"every type\" (id, small) VALUES (7, 'many')", "invalid input syntax"),
    ("INSERT INTO book (id, author_id) VALUES (7, 77)", "refers to a row of author that does not exist"),
    ("INSERT INTO \"every type\" (id, document) VALUES (7, '{oops')", "invalid input syntax for type json"),
    ("INSERT INTO \"every type\" (id, text) VALUES (7, CAST(x'ff' AS TEXT))", "UTF-8"),
]


@pytest.mark.parametrize(("statement", "words"), REFUSED_BY_POSTGRES)
def test_what_postgres_cannot_hold_is_named(statement: str, words: str, places: Callable[[str], Place]) -> None:
    here, there = places("sqlite"), places("postgres")
    with closing(sqlite3.connect(here.database.url.name)) as connection:
        connection.execute(statement)
        connection.commit()

    with pytest.raises(DatabaseError) as caught:
        copy_rows(here.database, there.database)

    assert words in caught.value.message + " ".join(caught.value.checked)
    assert len(sa.inspect(there.engine).get_foreign_keys("book")) == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ratio", "'NaN'"),
        ("free", "12345678901234567890.5"),
        ("day", "'infinity'"),
        ("aware", "'0044-03-15 BC'"),
        ("span", "'1 month'"),
        ("clock", "'24:00'"),
    ],
)
def test_what_sqlite_cannot_hold_is_named(column: str, value: str, places: Callable[[str], Place]) -> None:
    here, there = places("postgres"), places("sqlite")
    here.run(f'INSERT INTO "every type" (id, {column}) VALUES (1, {value})')

    with pytest.raises(DatabaseError, match=f"every type.{column} holds a value that SQLite cannot hold"):
        copy_rows(here.database, there.database)


def test_tables_and_types_without_a_counterpart_are_all_named(places: Callable[[str], Place]) -> None:
    here, there = places("postgres"), places("sqlite")
    here.run("CREATE TABLE alone (id int)", "ALTER TABLE book ADD tags text[]", "ALTER TABLE author ADD extra int")
    there.run("ALTER TABLE book ADD tags text")

    with pytest.raises(DatabaseError, match="3 thing") as caught:
        copy_rows(here.database, there.database)
    assert caught.value.checked == (
        "table alone is on one side only",
        "column author.extra is on one side only",
        "column book.tags is of type _text, which SQLite cannot hold",
    )


def test_other_revisions_are_refused(places: Callable[[str], Place]) -> None:
    here, there = places("sqlite"), places("sqlite")
    here.run("CREATE TABLE alembic_version (version_num text)", "INSERT INTO alembic_version VALUES ('a1')")

    with pytest.raises(DatabaseError, match="different revisions"):
        copy_rows(here.database, there.database)


def test_json_is_compared_by_meaning(places: Callable[[str], Place]) -> None:
    here, there = places("sqlite"), places("postgres")
    there.run('ALTER TABLE "every type" ALTER document TYPE jsonb')
    here.run("""INSERT INTO "every type" (id, document) VALUES (1, '{"b": 1e2, "a": [ 1.50, 0.1 ], "b": 2.0}')""")

    copy_rows(here.database, there.database)

    assert there.rows(EVERY)[0][EVERY.columns.keys().index("document")] == {"a": [1.5, 0.1], "b": 2}


def test_types_that_only_postgres_has_go_to_postgres(places: Callable[[str], Place]) -> None:
    here, there = places("postgres"), places("postgres")
    for place in (here, there):
        place.run(
            "CREATE SCHEMA other",
            "CREATE TABLE other.thing (tags text[], span int4range, at inet, twice int GENERATED ALWAYS AS (2) STORED)",
        )
    here.run("INSERT INTO other.thing VALUES ('{a,NULL,\"\"}', '[1,5)', '10.0.0.1'), (NULL, NULL, NULL)")

    assert copy_rows(here.database, there.database).rows["other.thing"] == 2


def test_a_difference_is_found(places: Callable[[str], Place], monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = places("sqlite"), places("postgres")
    here.insert(AUTHOR, {"id": 1, "name": "Ann"})
    there.run(
        "CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := ''Eve''; RETURN NEW; END'",
        "CREATE TRIGGER changing BEFORE INSERT ON author FOR EACH ROW EXECUTE FUNCTION change()",
    )
    monkeypatch.setattr("dbtasks.databases.copying.constraints._TRIGGERS", "SELECT 1, 2, 3, 4 WHERE %(places)s IS NULL")

    with pytest.raises(DatabaseError, match="arrived changed"):
        copy_rows(here.database, there.database)


def singled(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row, with the four bytes that PostgreSQL's `real` has of a float."""
    place = EVERY.columns.keys().index("single")
    value = row[place]
    return row if value is None else (*row[:place], struct.pack("f", value), *row[place + 1 :])


VALUES = st.fixed_dictionaries(
    {
        "ratio": st.none() | st.floats(allow_nan=False),
        "single": st.none() | st.floats(width=32, allow_nan=False, allow_infinity=False),
        "price": st.none() | st.decimals(-(10**9), 10**9, places=2),
        "text": st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        "naive": st.none() | st.datetimes(),
        "span": st.none() | st.timedeltas(timedelta(days=-500_000), timedelta(days=500_000)),
        "raw": st.none() | st.binary(),
        "document": st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**53), 2**53)
            | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
            lambda inner: st.lists(inner) | st.dictionaries(st.just("a") | st.just("é"), inner),
            max_leaves=5,
        ),
        "big": st.none() | st.integers(-(2**63), 2**63 - 1),
    }
)


def test_anything_survives_the_way_there_and_back(places: Callable[[str], Place]) -> None:
    here, there, back = places("sqlite"), places("postgres"), places("sqlite")

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate])
    @given(st.lists(VALUES, min_size=1, max_size=20))
    def check(rows: list[dict[str, Any]]) -> None:
        here.run('DELETE FROM "every type"')
        here.insert(EVERY, *({"id": number, **row} for number, row in enumerate(rows)))
        copy_rows(here.database, there.database)
        copy_rows(there.database, back.database)
        assert [singled(row) for row in back.rows(EVERY)] == [singled(row) for row in here.rows(EVERY)]

    check()


@given(st.datetimes(timezones=st.just(UTC)))
def test_moments_are_written_as_sqlalchemy_writes_them(value: datetime) -> None:
    naive = value.replace(tzinfo=None)
    wanted = f"{naive:%m-%d %H:%M:%S.%f}"
    assert moment(value.isoformat()) == moment(str(naive)) == f"{naive.year:04}-{wanted}"
