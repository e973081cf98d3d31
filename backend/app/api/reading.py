"""Reading a table: a page of it, or one row."""

from typing import Any, TypeVar

from fastapi import HTTPException
from pydantic import BaseModel
from sqlalchemy import Select, func, select
from sqlmodel import Session, SQLModel

from app.api.parameters import Paging
from app.schemas import Page

Shown = TypeVar("Shown", bound=BaseModel)


def page(session: Session, rows: Select[Any], paging: Paging, shown: type[Shown]) -> Page[Shown]:
    """Read one page of a list.

    Args:
        session: where to read.
        rows: the filtered rows, in an order that no two of them share.
        paging: which part.
        shown: the schema of an item.
    """
    total = session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0
    found = session.scalars(rows.limit(paging.limit).offset(paging.offset))
    items = [shown.model_validate(row) for row in found]
    return Page[shown](items=items, total=total, limit=paging.limit, offset=paging.offset)  # type: ignore[valid-type]  # a generic made at run time


def one(session: Session, table: type[SQLModel], number: int, shown: type[Shown]) -> Shown:
    """Read one row.

    Raises:
        HTTPException: 404, there is none.
    """
    row = session.get(table, number)
    if row is None:
        raise HTTPException(404, f"There is no {table.__name__.lower()} {number}.")
    return shown.model_validate(row)
