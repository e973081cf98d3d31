"""The resources of the directory."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload
from sqlmodel import col

from app.api import reading
from app.api.parameters import DatabaseSession, Id, ResourceFilter
from app.models import Resource, Source
from app.problems import documented
from app.schemas import Page, ResourceRead

router = APIRouter(prefix="/resources", tags=["resources"])


@router.get("", responses=documented(422, 503))
def list_resources(session: DatabaseSession, wanted: Annotated[ResourceFilter, Query()]) -> Page[ResourceRead]:
    """List resources by title, all of them or those that meet every condition."""
    return reading.page(session, _matching(wanted), wanted, ResourceRead)


@router.get("/{number}", responses=documented(404, 422, 503))
def read_resource(session: DatabaseSession, number: Id) -> ResourceRead:
    """Read one resource."""
    return reading.one(session, Resource, number, ResourceRead)


def _matching(wanted: ResourceFilter) -> Select[Any]:
    shown_with = joinedload(Resource.organization), joinedload(Resource.source)  # type: ignore[arg-type]  # SQLModel types them as rows
    rows = select(Resource).options(*shown_with).order_by(col(Resource.title), col(Resource.id))
    if wanted.category is not None:
        rows = rows.where(col(Resource.category) == wanted.category)
    if wanted.tier is not None:
        rows = rows.join(Source).where(col(Source.tier) == wanted.tier)
    if wanted.min_trust is not None:
        rows = rows.where(col(Resource.trust_score) >= wanted.min_trust)
    if wanted.search:
        texts = (col(Resource.title), col(Resource.description))
        rows = rows.where(or_(*(text.icontains(wanted.search, autoescape=True) for text in texts)))
    return rows
