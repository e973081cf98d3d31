"""PostgreSQL's own programs: psql, pg_dump, pg_restore. The password travels by environment only."""

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from psycopg2.extensions import make_dsn

from dbtasks import config, process
from dbtasks.errors import DatabaseError, ProcessError
from dbtasks.urls import DatabaseUrl

_SECRET = {"password", "sslpassword"}


def shell(url: DatabaseUrl) -> Sequence[str]:
    """The command line of psql."""
    return ("psql", "-d", _address(url))


def environment(url: DatabaseUrl) -> Mapping[str, str]:
    """What the programs find the password in; empty without one."""
    return {"PGPASSWORD": url.password} if url.password else {}


def dump(url: DatabaseUrl, file: Path, server: int) -> None:
    """Write a database to a file in pg_dump's custom format.

    Args:
        url: the database.
        file: is replaced.
        server: the server's major version.

    Raises:
        DatabaseError: pg_dump is missing, too old, or failed.
    """
    _run(url, ("pg_dump", "--format=custom", f"--file={file}", "-d", _address(url)), server)


def load(url: DatabaseUrl, file: Path, server: int) -> None:
    """Fill an empty database from such a file, all or nothing; owners and grants stay those of this server.

    Raises:
        DatabaseError: pg_restore is missing, too old, or failed.
    """
    options = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
    _run(url, ("pg_restore", *options, "-d", _address(url), str(file)), server)


def _run(url: DatabaseUrl, command: Sequence[str], server: int) -> None:
    program = command[0]
    hint = f"Install PostgreSQL's client programs of version {server} or newer (Debian: postgresql-client-{server})"
    if shutil.which(program) is None:
        raise DatabaseError(f"{program} is not installed, and this task needs it.", checked=["PATH"], hint=hint)
    said = process.run((program, "--version"))
    found = re.search(r"(\d+)(?:\.|devel|beta|rc)", said)
    if found is None or int(found[1]) < server:
        raise DatabaseError(
            f"{program} is older than the server, which is PostgreSQL {server}.", checked=[said.strip()], hint=hint
        )
    try:
        process.run(command, environment={**config.environment(), **environment(url)})
    except ProcessError as error:
        raise DatabaseError(error.message, checked=error.checked, hint="nox -s db_status") from error


def _address(url: DatabaseUrl) -> str:
    parameters: dict[str, Any] = {key: value for key, value in url.connect_arguments().items() if key not in _SECRET}
    return str(make_dsn(**parameters))
