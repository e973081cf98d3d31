"""The sources of the directory."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlmodel import col

from app.api import reading
from app.api.parameters import DatabaseSession, Id, Paging
from app.models import Source
from app.problems import documented
from app.schemas import Page, SourceRead

router = APIRouter(prefix="/sources", tags=["sources"])


@router.get("", responses=documented(422, 503))
def list_sources(session: DatabaseSession, paging: Annotated[Paging, Query()]) -> Page[SourceRead]:
    """List sources by name."""
    return reading.page(session, select(Source).order_by(col(Source.name)), paging, SourceRead)


@router.get("/{number}", responses=documented(404, 422, 503))
def read_source(session: DatabaseSession, number: Id) -> SourceRead:
    """Read one source."""
    return reading.one(session, Source, number, SourceRead)
