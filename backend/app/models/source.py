"""Who says so."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from app.models.columns import timestamp


class Source(SQLModel, table=True):
    """A place that the directory learns about resources from; tier 1 is official, tier 4 is anyone."""

    __table_args__ = (CheckConstraint("tier BETWEEN 1 AND 4", name="tier"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True, unique=True)
    url: str | None = None
    tier: int = Field(default=4, sa_column_kwargs={"server_default": "4"})
    reliability_score: float | None = None
    created_at: datetime = timestamp()
