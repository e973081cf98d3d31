"""What a driver's error means to someone who uses the database, and what that person can type next."""

from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

_UNDEFINED_TABLE_OR_COLUMN = {"42P01", "42703"}


@dataclass(frozen=True)
class Fault:
    """A foreseen failure; neither of the texts holds a host, a path or a password."""

    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.problem} Next: {self.remedy}"


NOT_MIGRATED = Fault("The database is not at the revision that this code needs.", "nox -s migrate")
_NO_FILE = Fault("The SQLite database does not exist, or cannot be opened.", "nox -s migrate")
_NO_DATABASE = Fault(
    "The file that DATABASE_URL names is no SQLite database, or a damaged one.", "set DATABASE_URL to another file"
)
_BUSY = Fault("Another program is writing to the SQLite database.", "try again in a moment")
_NO_SUCH_DATABASE = Fault("The server has no database of that name.", "nox -s migrate")
_UNREACHABLE = Fault("The database server cannot be reached, or refuses the login.", "nox -s db_up, or nox -s doctor")

# SQLite has no codes worth the name before Python 3.12, so its words have to do.
_SQLITE = {
    "no such table": NOT_MIGRATED,
    "no such column": NOT_MIGRATED,
    "has no column": NOT_MIGRATED,
    "unable to open": _NO_FILE,
    "not a database": _NO_DATABASE,
    "malformed": _NO_DATABASE,
    "locked": _BUSY,
}


def explain(error: DBAPIError) -> Fault | None:
    """Tell a foreseen failure by its driver's error; None when it is a fault of ours.

    Args:
        error: as SQLAlchemy raises it on either engine.
    """
    code = getattr(error.orig, "pgcode", "")  # only psycopg2's errors have one
    if code == "":
        return next((fault for words, fault in _SQLITE.items() if words in str(error.orig)), None)
    if code in _UNDEFINED_TABLE_OR_COLUMN:
        return NOT_MIGRATED
    if code is None and "does not exist" in str(error.orig):  # a failed connect comes without its code
        return _NO_SUCH_DATABASE
    # Classes 08, 28, 3D, 53 and 57: connection, login, database, resources, shutdown.
    return _UNREACHABLE if code is None or code[:2] in {"08", "28", "3D", "53", "57"} else None
