"""What the API shows of the tables."""

from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

Item = TypeVar("Item", bound=BaseModel)


class OrganizationRead(BaseModel):
    """An organization as shown."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    url: str | None
    created_at: datetime


class SourceRead(BaseModel):
    """A source as shown."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    url: str | None
    tier: int
    reliability_score: float | None
    created_at: datetime


class ResourceRead(BaseModel):
    """A resource as shown, with who offers it and who says so."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    description: str
    category: str
    service_area: str
    url: str | None
    phone: str | None
    trust_score: float | None
    created_at: datetime
    updated_at: datetime
    organization: OrganizationRead
    source: SourceRead | None


class Page(BaseModel, Generic[Item]):
    """A part of a list, and how long the whole list is."""

    items: list[Item]
    total: int
    limit: int
    offset: int
