"""Database URLs: read every spelling in use, show none of the passwords.

Own code and not SQLAlchemy's `make_url` because that import alone costs 0.2 s, and a cached reset
needs a URL but no SQLAlchemy. A property test holds the two against each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode

from dbtasks.errors import ConfigError

Engine = Literal["sqlite", "postgres"]

_SCHEMES: Mapping[str, Engine] = {
    "sqlite": "sqlite",
    "postgres": "postgres",
    "postgresql": "postgres",
}
_DRIVERS: Mapping[Engine, frozenset[str]] = {
    "sqlite": frozenset({"", "pysqlite", "aiosqlite"}),
    "postgres": frozenset({"", "psycopg2", "psycopg", "asyncpg", "pg8000"}),
}
_EXAMPLES = "sqlite:///vibe4vets.db or postgresql://user:password@localhost:5432/vibe4vets"
SECRET = frozenset({"password", "sslpassword"})  # parameters of the query, and of libpq, that are never shown
_LAST_PORT = 65535
_UNRESERVED = ""  # quote everything but letters, digits and "_.-~"


class UrlError(ConfigError):
    """A database URL that cannot be understood; its text is never repeated, it may hold a password."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"The database URL is not usable: {problem}.", hint=f"Write it as {_EXAMPLES}")


@dataclass(frozen=True)
class DatabaseUrl:
    """One database on one engine; printing it shows `***` in place of the password."""

    engine: Engine
    name: str  # the database's name, or the absolute path of the SQLite file
    host: str = ""
    port: int | None = None
    user: str = ""
    password: str = field(default="", repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def path(self) -> Path:
        """The SQLite file."""
        return Path(self.name)

    @property
    def passwords(self) -> tuple[str, ...]:
        """Every password in it: of the login, and in the query."""
        found = (self.password, *(value for key, value in self.query if key in SECRET))
        return tuple(password for password in found if password)

    def with_name(self, name: str) -> "DatabaseUrl":
        """The same server and login, another database (or another SQLite file)."""
        return replace(self, name=name)

    def render(self) -> str:
        """The whole URL, password included, as SQLAlchemy reads it, with psycopg2 as the driver."""
        return self._text(quote(self.password, safe=_UNRESERVED), query=self.query)

    def __str__(self) -> str:
        """The URL as it may be shown to anyone."""
        shown = tuple((k, "***" if k in SECRET else v) for k, v in self.query)
        return self._text("***" if self.password else "", query=shown, driver="")

    def _text(self, password: str, *, query: tuple[tuple[str, str], ...], driver: str = "+psycopg2") -> str:
        tail = "?" + urlencode(query, safe="*/") if query else ""
        if self.engine == "sqlite":
            return f"sqlite:///{quote(self.name, safe='/')}{tail}"
        login = quote(self.user, safe=_UNRESERVED) + (f":{password}" if password else "")
        host = f"[{self.host}]" if ":" in self.host else self.host
        place = (f"{login}@" if login else "") + host + (f":{self.port}" if self.port else "")
        return f"postgresql{driver}://{place}/{quote(self.name, safe=_UNRESERVED)}{tail}"

    def connect_arguments(self) -> dict[str, str | int]:
        """The keyword arguments of `psycopg2.connect`, empty ones left out so that libpq's own defaults apply."""
        found: dict[str, str | int | None] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": self.name,
            **dict(self.query),
        }
        return {key: value for key, value in found.items() if value}


def parse_url(text: str, *, base: Path) -> DatabaseUrl:
    """Read a database URL.

    Args:
        text: any spelling that SQLAlchemy, libpq or a hosting service uses; the driver part is dropped.
        base: the folder that a relative SQLite path starts from.

    Raises:
        UrlError: the text is no URL of a database that dbtasks can manage.
    """
    scheme, separator, rest = text.strip().partition("://")
    if not separator:
        raise UrlError("it has no scheme (the part before ://)")
    dialect, _, driver = scheme.lower().partition("+")
    engine = _SCHEMES.get(dialect)
    if engine is None:
        raise UrlError(f"dbtasks does not know the engine {dialect!r}, only sqlite and postgresql")
    if driver not in _DRIVERS[engine]:
        raise UrlError(f"dbtasks does not know the driver {driver!r}")
    rest, _, query_text = rest.partition("?") if "@" not in rest.partition("?")[2] else _split_query(rest)
    query = tuple(parse_qsl(query_text, keep_blank_values=True))
    return _sqlite(rest, query, base) if engine == "sqlite" else _postgres(rest, query)


def _split_query(rest: str) -> tuple[str, str, str]:
    """Split off the query where a password may hold a question mark: it starts after the last @."""
    login, _, tail = rest.rpartition("@")
    place, mark, query = tail.partition("?")
    return f"{login}@{place}", mark, query


def _sqlite(rest: str, query: tuple[tuple[str, str], ...], base: Path) -> DatabaseUrl:
    if not rest.startswith("/"):
        raise UrlError("a SQLite URL has three slashes before a relative path and four before an absolute one")
    name = unquote(rest[1:])
    if name.startswith("file:") and ":memory:" not in name:
        raise UrlError("a file: URI is not understood; write its path after the three slashes")
    if name in {"", ":memory:"} or name.startswith("file:"):
        raise UrlError("an in-memory SQLite database is gone when the task ends; name a file")
    if "\0" in name:
        raise UrlError("the path of the SQLite file holds a NUL character")
    try:
        return DatabaseUrl("sqlite", str((base / Path(name).expanduser()).resolve()), query=query)
    except RuntimeError as error:
        raise UrlError("its path starts at the home folder of somebody who is not here") from error


def _postgres(rest: str, query: tuple[tuple[str, str], ...]) -> DatabaseUrl:
    login, at, place = rest.rpartition("@")
    if "@" in login:
        raise UrlError("the user or password holds an @, which has to be written as %40")
    if not at:
        login, place = "", rest
    user, _, password = login.partition(":")
    address, _, name = place.partition("/")
    host, port = _address(address)
    name = unquote(name) or dict(query).get("dbname", "")
    if not name:
        raise UrlError("it names no database (the part after the last /)")
    if "\0" in unquote(rest):
        raise UrlError("it holds a NUL character")
    kept = tuple((key, value) for key, value in query if key != "dbname")
    return DatabaseUrl("postgres", name, host, port, unquote(user), unquote(password), kept)


def _address(address: str) -> tuple[str, int | None]:
    if address.startswith("["):
        host, closed, tail = address[1:].partition("]")
        if not closed:
            raise UrlError("the [ of the IPv6 address is not closed")
        port = tail.removeprefix(":")
    else:
        host, _, port = address.partition(":")
    if not port:
        return host, None
    if not port.isascii() or not port.isdigit() or not 0 < int(port) <= _LAST_PORT:
        raise UrlError("the port is no number from 1 to 65535")
    return host, int(port)
