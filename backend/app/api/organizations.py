"""The organizations of the directory."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlmodel import col

from app.api import reading
from app.api.parameters import DatabaseSession, Id, Paging
from app.models import Organization
from app.problems import documented
from app.schemas import OrganizationRead, Page

router = APIRouter(prefix="/organizations", tags=["organizations"])


@router.get("", responses=documented(422, 503))
def list_organizations(session: DatabaseSession, paging: Annotated[Paging, Query()]) -> Page[OrganizationRead]:
    """List organizations by name."""
    return reading.page(session, select(Organization).order_by(col(Organization.name)), paging, OrganizationRead)


@router.get("/{number}", responses=documented(404, 422, 503))
def read_organization(session: DatabaseSession, number: Id) -> OrganizationRead:
    """Read one organization."""
    return reading.one(session, Organization, number, OrganizationRead)
