"""What helps."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from app.models.columns import timestamp
from app.models.organization import Organization
from app.models.source import Source


class Resource(SQLModel, table=True):
    """One offer to Veterans, by one organization, known from a source."""

    __table_args__ = (UniqueConstraint("organization_id", "title", name="uq_resource_in_organization"),)

    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = Field(foreign_key="organization.id")
    source_id: int | None = Field(default=None, foreign_key="source.id")
    title: str
    description: str
    category: str = Field(index=True)
    service_area: str
    url: str | None = None
    phone: str | None = None
    trust_score: float | None = None
    created_at: datetime = timestamp()
    updated_at: datetime = timestamp(renewed=True)

    organization: Organization = Relationship()
    source: Source | None = Relationship()
