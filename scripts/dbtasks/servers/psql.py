"""SQL through the socket inside the container, where the superuser needs no password.

The statement travels in the environment: an argument list is readable by every user, and a
statement may set a password.
"""

from collections.abc import Sequence

from dbtasks.errors import ServerError
from dbtasks.servers import containers
from dbtasks.servers.engine import Client

_COMMAND = (
    'printf "%s" "$DBTASKS_SQL" | psql --no-psqlrc --quiet --tuples-only --no-align --no-password '
    '--set ON_ERROR_STOP=1 --host "${DBTASKS_HOST:-}" --username "${DBTASKS_USER:-${POSTGRES_USER:-postgres}}" '
    '--dbname "$DBTASKS_DB" --file -'
)
_IS_SUPERUSER = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
# Should the statement fail, the server's log must not repeat it.
_QUIETLY = "SET log_min_error_statement = panic; "


def run(client: Client, container: str, *, user: str, sql: str, database: str = "postgres") -> list[str]:
    """Run statements; the lines of the result.

    Args:
        client: the engine.
        container: its name or id.
        user: a superuser; empty for the one that the container was made with.
        sql: the statements.
        database: where to run them.

    Raises:
        ServerError: psql failed; what it said is in the error.
    """
    secrets = {"DBTASKS_SQL": _QUIETLY + sql, "DBTASKS_USER": user, "DBTASKS_DB": database}
    answer = containers.execute(client, container, ["sh", "-c", _COMMAND], secrets)
    if answer.code != 0:
        raise ServerError(
            "The server in the container does not do what it is asked.",
            checked=[line for line in answer.err.splitlines() if line][-5:],
            hint="nox -s db_logs",
        )
    return [line for line in answer.out.splitlines() if line]


def superuser(client: Client, container: str, candidates: Sequence[str]) -> str:
    """The first of these roles that the server lets in.

    Raises:
        ServerError: none of them.
    """
    for user in dict.fromkeys(candidate for candidate in candidates if candidate):
        try:
            if run(client, container, user=user, sql=_IS_SUPERUSER) == ["t"]:
                return user
        except ServerError:
            continue
    raise ServerError(
        "No superuser of this volume is known, so it cannot be mended.",
        checked=[f"role {candidate}" for candidate in dict.fromkeys(candidates) if candidate],
        hint="Set POSTGRES_USER in .env to the role that the volume was made with, then: nox -s db_up",
    )


def name(text: str) -> str:
    """An identifier, quoted."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string, quoted; backslashes stay what they are whatever the server's settings."""
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
