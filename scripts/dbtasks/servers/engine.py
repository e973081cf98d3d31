"""The Docker engine: connecting to it, and what its errors mean.

An unknown context makes the SDK fall back to the default socket without a word, so that is refused
here, and every message names the endpoint that was really used.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import requests
from docker.context import ContextAPI
from docker.context.config import get_current_context_name
from docker.errors import APIError, DockerException
from docker.utils import kwargs_from_env

import docker
from dbtasks import config
from dbtasks.errors import ServerError

Client = docker.DockerClient
_SOCKET = "unix:///var/run/docker.sock"
_SECONDS = 60
_GONE = "The Docker engine went away in the middle of the work."


class NoEngineError(ServerError):
    """No Docker engine answers."""


def connect() -> Client:
    """A client of the engine that DOCKER_HOST, the CLI's context or the default socket names.

    Raises:
        NoEngineError: with its own hint each: unknown context, not there, no permission, no answer.
    """
    _require_context()
    address = _address()
    try:
        if address.startswith("unix://"):
            # Asked first because it is simpler: the SDK wraps this error many times and forgets to close the socket.
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(_SECONDS)
                probe.connect("/" + address.removeprefix("unix://").lstrip("/"))
        return docker.from_env(timeout=_SECONDS)
    except (DockerException, requests.RequestException, OSError) as error:
        raise _unreachable(error) from error


def endpoint() -> str:
    """Where the engine is looked for, as the SDK resolves it, and what decided that."""
    why = "DOCKER_HOST" if kwargs_from_env().get("base_url") else f"context {_context()}"
    return f"{_address()} ({why})"


def _address() -> str:
    named = kwargs_from_env().get("base_url") or ContextAPI.kwargs_from_context().get("base_url") or _SOCKET
    return str(named).removeprefix("http+")


def _context() -> str:
    return config.environment().get("DOCKER_CONTEXT") or get_current_context_name() or "default"


def _require_context() -> None:
    """Refuse a context that does not exist: the SDK would quietly work on another engine.

    Raises:
        NoEngineError: it is not among the CLI's contexts.
    """
    name = _context()
    if kwargs_from_env().get("base_url") or name == "default" or ContextAPI.get_context(name) is not None:
        return
    raise NoEngineError(
        f"The Docker context {name} does not exist.",
        checked=[f"DOCKER_CONTEXT and the Docker CLI's configuration; the fallback would be {_SOCKET}"],
        hint="docker context ls   lists them; unset DOCKER_CONTEXT, or: docker context use NAME",
    )


@contextmanager
def explaining(doing: str) -> Iterator[None]:
    """Turn the SDK's errors in the body into a ServerError.

    Args:
        doing: what is being done, as in "start the container"; it completes "Docker could not ...".

    Raises:
        ServerError: with the engine's own words.
    """
    try:
        yield
    except APIError as error:
        raise ServerError(
            f"Docker could not {doing}: {said(error)}",
            checked=[f"engine at {endpoint()}"],
            hint="nox -s db_up, once mended",
        ) from error
    except (DockerException, requests.RequestException, OSError) as error:
        raise ServerError(
            _GONE,
            checked=[f"engine at {endpoint()}", f"while it should {doing}"],
            hint="Start it again, then: nox -s db_up",
        ) from error


def said(error: APIError) -> str:
    """The engine's own sentence."""
    return " ".join(str(error.explanation or error).split())


def is_missing(error: APIError) -> bool:
    """Is the thing that was asked for not there?"""
    return bool(error.status_code == HTTPStatus.NOT_FOUND)


def is_conflict(error: APIError) -> bool:
    """Is the thing in use, or is there one of that name already?"""
    return bool(error.status_code == HTTPStatus.CONFLICT)


def _unreachable(error: BaseException) -> NoEngineError:
    """Which of the three it is; the SDK wraps the operating system's error several times."""
    causes = list(_causes(error))
    where = [f"engine at {endpoint()}"]
    if any(isinstance(cause, PermissionError) for cause in causes):
        return NoEngineError(
            "This user may not talk to the Docker engine.",
            checked=where,
            hint="sudo usermod -aG docker $USER   then log in again",
        )
    if any(isinstance(cause, FileNotFoundError) for cause in causes):
        return NoEngineError(
            "There is no Docker engine here.",
            checked=where,
            hint="Start it (sudo systemctl start docker, or Docker Desktop); rootless and podman: export DOCKER_HOST; "
            "or go on with SQLite: nox -s db_switch -- sqlite",
        )
    return NoEngineError(
        "The Docker engine does not answer.",
        checked=[*where, " ".join(str(causes[-1]).split())],
        hint="Start it (sudo systemctl start docker, or Docker Desktop), or mend DOCKER_HOST and: docker context ls",
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what caused it, and the errors that requests and urllib3 carry as arguments."""
    seen: set[int] = set()
    todo = [error]
    while todo:
        one = todo.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += [one.__cause__, one.__context__, *(a for a in one.args if isinstance(a, BaseException))]
        todo.append(getattr(one, "reason", None) if isinstance(getattr(one, "reason", None), BaseException) else None)
