"""What may stand in a path or a query. The limits are the database's, so no value gets as far as to break it."""

from typing import Annotated

from fastapi import Depends, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.database import session

_LARGEST_INTEGER = 2**31 - 1  # of a PostgreSQL INTEGER, which every id is

DatabaseSession = Annotated[Session, Depends(session)]
Id = Annotated[int, Path(ge=1, le=_LARGEST_INTEGER)]
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]  # PostgreSQL text has no NUL


class Paging(BaseModel):
    """Which part of a list; a parameter that does not exist is an error, not ignored."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=_LARGEST_INTEGER)


class ResourceFilter(Paging):
    """Which resources; conditions add up."""

    category: Text | None = Field(default=None, description="Exactly this category.")
    tier: int | None = Field(default=None, ge=1, le=4, description="The tier of the source.")
    min_trust: float | None = Field(
        default=None, ge=0, le=1, allow_inf_nan=False, description="At least this trust score; unknown is left out."
    )
    search: Text | None = Field(default=None, description="Text in the title or description, in any case.")
