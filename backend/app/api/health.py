"""Is the database there, and does it stand where this code expects it?"""

from functools import lru_cache
from typing import Literal

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from app.api.parameters import DatabaseSession
from app.config import BACKEND
from app.faults import NOT_MIGRATED
from app.problems import documented

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """Where the database stands.

    Both "pending" and "unknown" are healthy: a deployment without downtime runs new code on an older
    revision for a while (steps 1 to 4), or old code on a newer one.
    """

    status: Literal["head", "pending", "unknown"]
    engine: str
    revisions: list[str]
    heads: list[str]
    pending: int | None  # None when the database stands on a revision that this code does not have


@router.get("/health", responses=documented(503))
def health(session: DatabaseSession) -> Health:
    """Report the engine, the current revision, the head, and how many revisions are pending."""
    connection = session.connection()
    current = MigrationContext.configure(connection).get_current_heads()
    if not current:
        raise HTTPException(503, str(NOT_MIGRATED))
    pending = _pending(current)
    version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
    return Health(
        status="unknown" if pending is None else "pending" if pending else "head",
        engine=f"{connection.dialect.name} {version}",
        revisions=sorted(current),
        heads=sorted(_history().get_heads()),
        pending=pending,
    )


@lru_cache
def _history() -> ScriptDirectory:
    return ScriptDirectory(BACKEND / "migrations")


def _pending(current: tuple[str, ...]) -> int | None:
    history = _history()
    known = {script.revision for script in history.walk_revisions()}
    if not known.issuperset(current):
        return None
    return sum(1 for _ in history.iterate_revisions("heads", current))
