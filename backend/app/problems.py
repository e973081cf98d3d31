"""Every error leaves the API as problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from app.config import ConfigError
from app.faults import explain

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """The body of every answer that is not a success."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    errors: list[dict[str, str]] | None = None


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe problem answers for the OpenAPI document.

    Args:
        statuses: the status codes that a route may answer with.
    """
    # Inline, since FastAPI would file a model under the media type of the route's success.
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def install(app: FastAPI) -> None:
    """Register a handler for each kind of failure."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(ConfigError, _unconfigured)
    app.add_exception_handler(DBAPIError, _database_failed)
    app.add_exception_handler(Exception, _failed)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    errors = [{"parameter": ".".join(str(part) for part in one["loc"]), "detail": one["msg"]} for one in found]
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "The request has parameters that cannot be used.", errors)


def _refused(request: Request, error: Exception) -> JSONResponse:
    refused = error if isinstance(error, HTTPException) else HTTPException(500)
    answer = _answer(request, HTTPStatus(refused.status_code), refused.detail)
    answer.headers.update(refused.headers or {})
    return answer


def _unconfigured(request: Request, error: Exception) -> JSONResponse:
    return _answer(request, HTTPStatus.SERVICE_UNAVAILABLE, str(error))


def _database_failed(request: Request, error: Exception) -> JSONResponse:
    fault = explain(error) if isinstance(error, DBAPIError) else None
    if fault is None:
        raise error  # a bug: the server logs it, and _failed answers
    return _answer(request, HTTPStatus.SERVICE_UNAVAILABLE, str(fault))


def _failed(request: Request, _error: Exception) -> JSONResponse:
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed; its log says why.")


def _answer(
    request: Request, status: HTTPStatus, detail: str, errors: list[dict[str, str]] | None = None
) -> JSONResponse:
    problem = Problem(
        title=status.phrase, status=status, detail=detail, instance=request.url.path, errors=errors
    ).model_dump(exclude_none=True)
    return JSONResponse(problem, status_code=status, media_type=MEDIA_TYPE)
