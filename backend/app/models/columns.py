"""Columns that several tables have."""

from typing import Any

from sqlalchemy import func
from sqlmodel import Field


def timestamp(*, renewed: bool = False) -> Any:
    """Declare a moment in time that the database itself fills in.

    Args:
        renewed: set it again with every change of the row.
    """
    column: dict[str, Any] = {"server_default": func.now()}
    if renewed:
        column["onupdate"] = func.now()
    return Field(default=None, nullable=False, sa_column_kwargs=column)
