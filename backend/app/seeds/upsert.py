"""Bring rows to the state that the seeds describe, found by their natural keys, changing as little as possible."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, select, update
from sqlmodel import SQLModel

import app.models  # noqa: F401 - defines the tables
from app.seeds.sets import Row, Seeds

_ORGANIZATION, _SOURCE, _RESOURCE = (SQLModel.metadata.tables[name] for name in ("organization", "source", "resource"))
_RESOURCE_COLUMNS = ("title", "description", "category", "service_area", "url", "phone", "trust_score")
_DERIVED = 0.9  # what a resource inherits of its source's reliability, as in revision 8b08da7a0f11

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Change:
    """What happened to one table."""

    table: str
    inserted: int
    updated: int
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.inserted or self.updated)


def upsert_all(connection: Connection, seeds: Seeds) -> list[Change]:
    """Insert what is missing and update what differs; nothing is ever deleted.

    Args:
        connection: inside a transaction, which the caller ends.
        seeds: the rows that shall be there.
    """
    organizations = [{"url": None, **row} for row in seeds.organizations]
    sources = [{"url": None, "tier": 4, "reliability_score": None, **row} for row in seeds.sources]
    changes = [_upsert(connection, _ORGANIZATION, organizations), _upsert(connection, _SOURCE, sources)]
    organization_ids = _ids(connection, _ORGANIZATION)
    source_ids = _ids(connection, _SOURCE)
    reliability = {row["name"]: row["reliability_score"] for row in sources}  # a set brings its own sources
    resources = []
    for row in seeds.resources:
        source = row.get("source")
        complete = {name: row.get(name) for name in _RESOURCE_COLUMNS}
        complete["organization_id"] = organization_ids[row["organization"]]
        complete["source_id"] = source_ids[source] if source else None
        if source and complete["trust_score"] is None and reliability[source] is not None:
            complete["trust_score"] = reliability[source] * _DERIVED
        resources.append(complete)
    return [*changes, _upsert(connection, _RESOURCE, resources, key=("organization_id", "title"))]


def _ids(connection: Connection, table: Table) -> dict[str, int]:
    return {row.name: row.id for row in connection.execute(select(table.c.name, table.c.id))}


def _upsert(connection: Connection, table: Table, rows: list[Row], *, key: tuple[str, ...] = ("name",)) -> Change:
    """Compare with what is there, in three statements at most, however many the rows."""
    if not rows:
        return Change(table.name, 0, 0, 0)
    first = key[0]
    found = select(table.c.id, *(table.c[name] for name in rows[0])).where(
        table.c[first].in_({row[first] for row in rows})
    )
    present = {tuple(row[name] for name in key): dict(row) for row in connection.execute(found).mappings()}
    missing: list[Row] = []
    changed: list[Row] = []
    for row in rows:
        old = present.get(tuple(row[name] for name in key))
        if old is None:
            missing.append(row)
        elif any(old[name] != value for name, value in row.items()):
            changed.append({**row, "row_id": old["id"]})
    if missing:
        connection.execute(insert(table), missing)
    if changed:
        connection.execute(update(table).where(table.c.id == bindparam("row_id")), changed)
    return Change(table.name, len(missing), len(changed), len(rows) - len(missing) - len(changed))
