"""Values of every type arrive as they were, both ways."""

import struct
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dbtasks.databases.row_copy import copy_rows
from dbtasks.databases.row_copy.kinds import moment
from tests.databases.row_copy.conftest import EVERY, WAYS, Place

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
    assert copied == {"author": 0, "book": 0, "every type": 4}
    assert there.rows(EVERY)[-1][EVERY.columns.keys().index("ratio")] == 0.1 + 0.2


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

    assert copy_rows(here.database, there.database)["other.thing"] == 2


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
