"""How the values of each PostgreSQL type look in the normal form, and how each side gives them so.

The normal form is what SQLAlchemy stores in SQLite: 0 and 1 for booleans, ISO text for dates and
times (in UTC, six digits of fraction), 32 hexadecimal digits for a UUID, text for JSON and enums.
"""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import partial
from typing import Any

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (what SQLAlchemy counts intervals from has no zone either)


@dataclass(frozen=True)
class Kind:
    """One way to carry values.

    Args:
        postgres: SQL that gives a column in the normal form, {0} being the column.
        sqlite: the same for SQLite.
        unfit: SQL that is true of a value in PostgreSQL that SQLite cannot hold.
        why: completes "... holds a value that SQLite cannot hold: ".
        canonical: what is compared, where the two sides may write the same value differently.
        text: what PostgreSQL reads, where that is not the normal form.
        python: what a value is turned into on arrival from PostgreSQL's driver.
    """

    postgres: str = "{0}"
    sqlite: str = "{0}"
    unfit: str = ""
    why: str = ""
    canonical: Callable[[Any], Any] | None = None
    text: Callable[[Any], str] | None = None
    python: Callable[[Any], Any] | None = None


def moment(value: Any) -> Any:
    """A timestamp as SQLAlchemy writes it; what is none stays as it is, for PostgreSQL to refuse by name."""
    try:
        read = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value
    if read.utcoffset() is not None:
        read = read.astimezone(UTC).replace(tzinfo=None)
    return read.isoformat(" ", "microseconds")


def clock(value: Any) -> Any:
    """A time of day as SQLAlchemy writes it."""
    try:
        return time.fromisoformat(value).isoformat("microseconds")
    except (TypeError, ValueError):
        return value


def _canonical_json(text: Any) -> Any:
    """JSON by meaning: jsonb sorts keys, drops doubles and writes 1e2 as 100."""
    try:
        return json.dumps(json.loads(text, parse_float=_number), sort_keys=True)
    except (TypeError, ValueError):
        return text


def _number(text: str) -> int | float:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else float(value)


def _single(value: Any) -> Any:
    """A float with the four bytes that `real` has."""
    return struct.unpack("f", struct.pack("f", value))[0] if isinstance(value, float | int) else value


def _bytes(value: Any) -> bytes:
    return bytes(value)


def _hex(value: Any) -> str:
    return "\\x" + bytes(value).hex()


def _interval(value: Any) -> str:
    try:
        span = datetime.fromisoformat(value) - _EPOCH
    except (TypeError, ValueError):
        return str(value)
    return f"{span.days} days {span.seconds} seconds {span.microseconds} microseconds"


_MOMENT = "CASE WHEN {0} GLOB '????-??-?? ??:??:??.??????' THEN {0} ELSE dbtasks_moment({0}) END"
_CLOCK = "CASE WHEN {0} GLOB '??:??:??.??????' THEN {0} ELSE dbtasks_clock({0}) END"
_WRITTEN = "'YYYY-MM-DD HH24:MI:SS.US'"
_OUTSIDE = "NOT isfinite({0}) OR {0} < '0001-01-01' OR {0} >= '10000-01-01'"
_YEARS = "a date that is infinite or outside the years 1 to 9999"

PLAIN = Kind()
TEXT = Kind(sqlite="CAST({0} AS TEXT)")
NAMED = Kind(postgres="{0}::text", sqlite="CAST({0} AS TEXT)")  # enums and other types whose values are words
PADDED = Kind(postgres="{0}::text", sqlite="rtrim(CAST({0} AS TEXT), ' ')")
BOOLEAN = Kind(postgres="{0}::int")
FLOAT = Kind(unfit="{0} = 'NaN'", why="NaN")
SINGLE = Kind(unfit="{0} = 'NaN'", why="NaN", canonical=_single)
BYTES = Kind(sqlite="CAST({0} AS BLOB)", text=_hex, python=_bytes)
JSON = Kind(postgres="{0}::text", sqlite="CAST({0} AS TEXT)", canonical=_canonical_json)
DATE = Kind(postgres="to_char({0}, 'YYYY-MM-DD')", unfit=_OUTSIDE, why=_YEARS)
MOMENT = Kind(f"to_char({{0}}, {_WRITTEN})", _MOMENT, _OUTSIDE, _YEARS)
TIME = Kind("to_char({0}::interval, 'HH24:MI:SS.US')", _CLOCK, "{0} = '24:00'", "24:00")
INTERVAL = Kind(
    f"to_char(timestamp 'epoch' + {{0}}, {_WRITTEN})",
    _MOMENT,
    "EXTRACT(year FROM {0}) <> 0 OR EXTRACT(month FROM {0}) <> 0 OR abs(EXTRACT(epoch FROM {0})) > 62000000000",
    "an interval of months or years, whose length varies",
    text=_interval,
)
HEX_UUID = Kind("replace({0}::text, '-', '')", "lower(replace({0}, '-', ''))")
DASHED_UUID = Kind("{0}::text", "lower({0})")

_KINDS = {
    "bool": BOOLEAN,
    "int2": PLAIN,
    "int4": PLAIN,
    "int8": PLAIN,
    "oid": PLAIN,
    "float4": SINGLE,
    "float8": FLOAT,
    "text": TEXT,
    "varchar": TEXT,
    "bpchar": PADDED,
    "name": NAMED,
    "citext": NAMED,
    "bytea": BYTES,
    "json": JSON,
    "jsonb": JSON,
    "date": DATE,
    "timestamp": MOMENT,
    "timestamptz": MOMENT,
    "time": TIME,
    "interval": INTERVAL,
}


def kind_of(type_name: str, *, is_enum: bool, scale: int | None, declared: str) -> Kind | None:
    """How to carry a column.

    Args:
        type_name: of PostgreSQL, domains resolved.
        is_enum: is it a type of the project's own whose values are words?
        scale: of a numeric that declares one.
        declared: the column's type in SQLite; SQLAlchemy keeps a UUID in a CHAR(32), others with dashes.

    Returns:
        None for a type that SQLite has nothing to match.
    """
    if is_enum:
        return NAMED
    if type_name == "uuid":
        return HEX_UUID if "32" in declared else DASHED_UUID
    if type_name == "numeric":
        return _numeric(scale)
    return _KINDS.get(type_name)


def _numeric(scale: int | None) -> Kind:
    """SQLite has floats for decimals; PostgreSQL rounds them to the scale, and SQLAlchemy does when it reads."""
    return Kind(
        "{0}::float8",
        unfit="{0} = 'NaN' OR {0}::float8::numeric <> {0}",
        why="a decimal of more than 15 digits, or NaN",
        canonical=None if scale is None else partial(_rounded, scale),
    )


def _rounded(scale: int, value: Any) -> Any:
    """Rounded as PostgreSQL does: the decimal digits, halves away from zero."""
    if not isinstance(value, float) or round(value, scale) == value:
        return value
    try:
        return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP))
    except InvalidOperation:  # infinite, or too large to have a fraction
        return value
