"""Where the database is: `DATABASE_URL` of the environment or, failing that, of the project's `.env`.

Nothing is read at import and nothing is kept: one process may migrate two databases one after the
other, and a running API follows when `.env` is pointed at another engine.
"""

import os
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

BACKEND = Path(__file__).resolve().parents[1]
ROOT = BACKEND.parent

_VARIABLE = "DATABASE_URL"
# Every driver that may stand in a shared .env becomes the one that this project installs: async and
# hosting services' spellings included. A bare postgresql:// would make SQLAlchemy 2.1 look for psycopg 3.
_DRIVERS = {
    "sqlite": ("sqlite", {"", "pysqlite", "aiosqlite"}),
    "postgres": ("postgresql+psycopg2", {"", "psycopg2", "psycopg", "asyncpg", "pg8000"}),
    "postgresql": ("postgresql+psycopg2", {"", "psycopg2", "psycopg", "asyncpg", "pg8000"}),
}
_EXAMPLES = "sqlite:///vibe4vets.db or postgresql://user:password@localhost:5432/vibe4vets"


class ConfigError(Exception):
    """The configuration cannot be used; the message ends with what to do and never holds a password."""


def database_url() -> URL:
    """Read the URL of the database to work on, at the time of the call.

    Raises:
        ConfigError: it is not set, or is not the URL of a database that this project can use.
    """
    text = os.environ.get(_VARIABLE) or _from_env_file(ROOT / ".env")
    if not text:
        raise ConfigError(
            f"{_VARIABLE} is not set, neither in the environment nor in {ROOT / '.env'}. "
            "Next: cp .env.example .env (in the project's root)"
        )
    return parse_url(text)


def parse_url(text: str) -> URL:
    """Turn any usual spelling of a database URL into the one this project uses.

    Args:
        text: the URL; a relative SQLite path starts at the project's root.

    Raises:
        ConfigError: the text is no such URL; it is not repeated, since it may hold a password.
    """
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise _unusable("it is no URL") from None  # the cause would show the text
    dialect, _, driver = url.drivername.lower().partition("+")
    drivername, known = _DRIVERS.get(dialect, ("", set[str]()))
    if driver not in known:
        raise _unusable("only sqlite:// and postgresql:// are known here")
    if drivername == "sqlite":
        return URL.create(drivername, database=str(_sqlite_path(url)), query=url.query)
    if not (url.database or "dbname" in url.query):
        raise _unusable("it names no database (the part after the last /)")
    return url.set(drivername=drivername)


def _from_env_file(path: Path) -> str | None:
    if not path.is_file():
        return None
    from dotenv import dotenv_values

    try:
        return dotenv_values(path, encoding="utf-8-sig").get(_VARIABLE)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {type(error).__name__}. Next: ls -l {path}") from error


def _sqlite_path(url: URL) -> Path:
    name = url.database or ":memory:"
    if name == ":memory:" or name.startswith("file:"):
        raise _unusable("an in-memory SQLite database is gone at once, name a file")
    if url.host or "\0" in name:
        raise _unusable("a SQLite path follows three slashes when relative, four when absolute")
    try:
        return (ROOT / Path(name).expanduser()).resolve()
    except RuntimeError:
        raise _unusable("the path starts with ~, but there is no such home") from None


def _unusable(problem: str) -> ConfigError:
    return ConfigError(f"{_VARIABLE} is not usable: {problem}. Next: write it as {_EXAMPLES}")
