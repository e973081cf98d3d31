"""What a PostgreSQL error means for the user, decided by its SQLSTATE."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2

from dbtasks.errors import DamagedError, DatabaseError
from dbtasks.urls import DatabaseUrl

_SHORTEST_SECRET = 3
_PREFIX = re.compile(r"^connection to server (?:at|on) .*? failed: (?:[A-Z]+:  )?")  # told by the URL already
_LOGS = "nox -s db_logs"
_LOGIN = "Mend the user or the password in DATABASE_URL; for the Docker server: nox -s db_up"

# SQLSTATE, or its class of two characters -> (what happened, what to type). {0} is the server's own sentence.
_MEANINGS = {
    "08": ("The connection to the server was lost: {0}", f"nox -s db_up, then try again; {_LOGS} tells why"),
    "22": ("A value does not fit: {0}", "Mend the row, or widen the column by a revision"),
    "23": ("A constraint is violated: {0}", "Mend the rows it names"),
    "25006": ("The server is read-only: {0}", "Point DATABASE_URL at the primary server, not at a standby"),
    "28": ("The server refuses the login: {0}", _LOGIN),
    "3D000": ("There is no such database: {0}", "nox -s db_create"),
    "42501": ("The role lacks a permission: {0}", "As an administrator: ALTER ROLE ... CREATEDB, or use another role"),
    "42P04": ("The database exists already: {0}", "nox -s db_status"),
    "53100": (
        "The disk of the server is full: {0}",
        "Free space there (db_status shows old states), then again",
    ),
    "53200": ("The server is out of memory: {0}", _LOGS),
    "53300": ("The server takes no more connections: {0}", "Stop programs that hold connections, then try again"),
    "55006": (
        "Somebody holds the database: {0}",
        "End prepared transactions or superusers' sessions, then try again",
    ),
    "55P03": ("A lock was not free in time: {0}", "Try again when the other session is done"),
    "57014": ("The server cancelled the work: {0}", "Try again"),
    "57P01": ("An administrator ended the session: {0}", "nox -s db_status, then try again"),
    "57P02": ("The server crashed: {0}", _LOGS),
    "57P03": ("The server is not ready: {0}", f"Wait a moment, then try again; {_LOGS} tells what it does"),
    "58": ("The server cannot use its files: {0}", _LOGS),
    "XX": ("The server reports damage: {0}", _LOGS),
}


@contextmanager
def explain_errors(url: DatabaseUrl) -> Iterator[None]:
    """Turn whatever psycopg2 raises in the body into a DatabaseError.

    Raises:
        DatabaseError: with the driver's exception as its cause.
    """
    try:
        yield
    except psycopg2.Error as error:
        raise explain(url, error) from error


def explain(url: DatabaseUrl, error: psycopg2.Error) -> DatabaseError:
    """The error for a statement that failed on an open connection."""
    code = error.pgcode or ("08" if isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError) else "")
    said = read_sentence(error)
    message, hint = _MEANINGS.get(code) or _MEANINGS.get(code[:2]) or ("PostgreSQL says: {0}", "nox -s db_status")
    details = [error.diag.message_detail, error.diag.context] if error.pgcode else []
    checked = [
        f"database {url}",
        *(_blanked(url, line) for detail in details if detail for line in detail.splitlines()),
    ]
    is_damaged = code.startswith("XX") or code == "58P01"  # a page, or a file that is gone
    kind = DamagedError if is_damaged else DatabaseError
    return kind(_blanked(url, message.format(said)), checked=checked, hint=hint)


def explain_login(url: DatabaseUrl, error: psycopg2.Error, connection: object) -> DatabaseError:
    """The error for a connection that did not come about; the failed connection still knows how far it got."""
    if isinstance(error, psycopg2.ProgrammingError):
        return DatabaseError(
            _blanked(url, f"The parameters of the URL are not understood: {read_sentence(error)}"),
            checked=[f"database {url}"],
            hint="Take that parameter out of DATABASE_URL",
        )
    info = getattr(connection, "info", None)
    if info is not None and info.needs_password:
        return HopelessError(
            "The server wants a password, and DATABASE_URL has none.", checked=[f"server {url}"], hint=_LOGIN
        )
    from dbtasks.databases.postgres import login_probe  # sockets; a task that gets its login needs none

    asked = login_probe.ask_reason(url)
    if asked == login_probe.NOBODY:
        return HopelessError(
            f"No PostgreSQL server answers at {name_address(url)}.",
            checked=[f"database {url}", _blanked(url, read_sentence(error))],
            hint="nox -s db_up   starts the Docker server; for one of your own, check host and port in DATABASE_URL",
        )
    code = asked or _code_of_text(str(error), used_password=info is not None and info.used_password)
    message, hint = _MEANINGS.get(code) or _MEANINGS.get(code[:2]) or ("The login failed: {0}", _LOGS)
    kind = HopelessError if code.startswith("28") else DatabaseError
    return kind(_blanked(url, message.format(read_sentence(error))), checked=[f"database {url}"], hint=hint)


class HopelessError(DatabaseError):
    """No login to this server will do, whatever the database: nobody answers, or the password is wrong."""


def read_sentence(error: psycopg2.Error) -> str:
    """What the driver or the server said, in one line."""
    text = error.diag.message_primary or _PREFIX.sub("", str(error))
    return " ".join(text.split()) or type(error).__name__


def name_address(url: DatabaseUrl) -> str:
    """The host and port, in words that may be shown."""
    host = dict(url.query).get("host", url.host)
    return f"{host or 'the local socket'}:{url.port or 5432}"


def _code_of_text(text: str, *, used_password: bool) -> str:
    """The SQLSTATE behind a login that failed after the password was asked for.

    The last resort: libpq keeps the code to itself here and the text is in the server's language, so
    an unknown sentence counts as a wrong password when one was sent.
    """
    for words, code in (
        ("too many clients", "53300"),
        ("too many connections", "53300"),
        ("remaining connection slots", "53300"),
        ("does not exist", "28000" if 'role "' in text else "3D000"),
        ("permission denied for database", "42501"),
        ("not currently accepting connections", "55000"),
        ("starting up", "57P03"),
        ("shutting down", "57P03"),
        ("Connection refused", "08"),
        ("SSL", ""),
        ("password authentication failed", "28P01"),
    ):
        if words in text:
            return code
    return "28P01" if used_password else ""


def _blanked(url: DatabaseUrl, text: str) -> str:
    return text.replace(url.password, "***") if len(url.password) >= _SHORTEST_SECRET else text
