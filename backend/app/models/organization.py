"""Who helps."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.models.columns import timestamp


class Organization(SQLModel, table=True):
    """An agency, charity or group that offers resources to Veterans."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True, unique=True)
    url: str | None = None
    created_at: datetime = timestamp()
