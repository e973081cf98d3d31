"""PostgreSQL's own programs: psql, pg_dump, pg_restore. The password travels by environment only."""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from psycopg2.extensions import make_dsn

from dbtasks import config, process
from dbtasks.databases.file_kinds import EXPORT, require_export
from dbtasks.databases.postgres.aim import hold_key
from dbtasks.databases.postgres.connection import Server
from dbtasks.errors import DatabaseError, ProcessError
from dbtasks.urls import SECRET, DatabaseUrl

_ADDRESS = {"host", "hostaddr", "port", "service"}
_INSIDE = 5432  # the port in every image of PostgreSQL


def build_shell(url: DatabaseUrl) -> Sequence[str]:
    """The command line of psql."""
    return ("psql", "-d", _address(url))


def build_environment(url: DatabaseUrl) -> Mapping[str, str]:
    """What the programs find the password in; empty without one."""
    return {"PGPASSWORD": url.password} if url.password else {}


def dump(url: DatabaseUrl, file: Path, server: int) -> None:
    """Write a database of a server of that major version to a file in pg_dump's custom format.

    Raises:
        DatabaseError: there is no pg_dump that is new enough, or it failed.
    """
    _run(url, server, ("pg_dump", "--format=custom"), source=None, target=file)


def load(url: DatabaseUrl, file: Path, server: int) -> None:
    """Fill an empty database from such a file, all or nothing; owners and grants stay those of this server.

    Raises:
        DatabaseError: it is no such file, there is no pg_restore that is new enough, or it failed.
    """
    require_export(file, "PostgreSQL")
    options = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
    try:
        _run(url, server, ("pg_restore", *options), source=file, target=None)
    except DatabaseError as error:
        if not isinstance(error.__cause__, ProcessError):
            raise
        raise DatabaseError(
            f"{file} could not be restored; nothing was imported.", checked=error.checked, hint=EXPORT
        ) from error


def _run(url: DatabaseUrl, server: int, command: Sequence[str], *, source: Path | None, target: Path | None) -> None:
    program, *options = command
    where, seen = _found(url, program, server)
    words = [*where, *options, "-d", _address(seen)]
    try:
        process.pipe(
            words, environment={**config.environment(), **build_environment(url)}, source=source, target=target
        )
    except ProcessError as error:
        raise DatabaseError(f"{program} failed.", checked=error.checked, hint="nox -s db_status") from error
    except OSError as error:
        raise DatabaseError(f"{source or target}: {error.strerror}.", hint=f"ls -l {source or target}") from error


def _found(url: DatabaseUrl, program: str, server: int) -> tuple[Sequence[str], DatabaseUrl]:
    """How to start a program that is new enough for the server, and the URL as that program sees it.

    Raises:
        DatabaseError: there is none on this machine, and none in a container that is the server.
    """
    said = process.run((program, "--version")).strip() if shutil.which(program) else "it is not on PATH"
    version = re.search(r"(\d+)(?:\.|devel|beta|rc)", said)
    if version is not None and int(version[1]) >= server:
        return (program,), url
    container = _container(url)
    if container:
        query = tuple((key, value) for key, value in url.query if key not in _ADDRESS)
        inside = replace(url, host="127.0.0.1", port=_INSIDE, query=query)
        return ("docker", "exec", "--interactive", "--env", "PGPASSWORD", container, program), inside
    raise DatabaseError(
        f"There is no {program} here that is new enough for PostgreSQL {server}.",
        checked=[f"{program}: {said}", "containers that publish the server's port"],
        hint=f"Install PostgreSQL's client programs of version {server} or newer (Debian: postgresql-client-{server})",
    )


def _container(url: DatabaseUrl) -> str:
    """The container whose server this connection reaches, where there is one and the docker program is there."""
    from dbtasks.servers import lock_holder

    if not shutil.which("docker"):
        return ""
    with hold_key(Server(url), url) as aim:
        return lock_holder.find_container(url.port or _INSIDE, aim.key)


def _address(url: DatabaseUrl) -> str:
    parameters: dict[str, Any] = {key: value for key, value in url.connect_arguments().items() if key not in SECRET}
    return str(make_dsn(**parameters))
