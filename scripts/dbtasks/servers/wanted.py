"""What the configuration says about the Docker server: POSTGRES_IMAGE, _USER, _DB, _PASSWORD and _PORT."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dbtasks.config import Settings
from dbtasks.errors import ConfigError
from dbtasks.urls import DatabaseUrl

DEFAULT_IMAGE = "postgres:17"
HOST = "127.0.0.1"
HIGHEST_PORT = 65535


@dataclass(frozen=True)
class Wanted:
    """The server as configured; port and password are missing until the first db_up."""

    image: str
    user: str
    database: str
    password: str = field(repr=False)
    port: int | None

    @classmethod
    def of(cls, settings: Settings) -> "Wanted":
        """Read it from the settings."""
        return cls.read(settings.variables, settings.project.name)

    @classmethod
    def read(cls, variables: Mapping[str, str], project: str) -> "Wanted":
        """Read it from the variables.

        Raises:
            ConfigError: the port is no port, or a value could not be given to a container.
        """
        user = variables.get("POSTGRES_USER") or project
        port = variables.get("POSTGRES_PORT") or ""
        if port and not (port.isascii() and port.isdigit() and 0 < int(port) <= HIGHEST_PORT):
            raise ConfigError(
                f"POSTGRES_PORT is {port!r}, which is no port.", hint="Write a number up to 65535, or nothing, in .env"
            )
        wanted = cls(
            variables.get("POSTGRES_IMAGE") or DEFAULT_IMAGE,
            user,
            variables.get("POSTGRES_DB") or user,
            variables.get("POSTGRES_PASSWORD") or "",
            int(port) if port else None,
        )
        if any("\n" in text or "\0" in text for text in (wanted.user, wanted.database, wanted.password)):
            raise ConfigError(
                "POSTGRES_USER, POSTGRES_DB or POSTGRES_PASSWORD holds a line break.", hint="Mend it in .env"
            )
        return wanted

    def url(self, port: int | None = None) -> DatabaseUrl:
        """The database on the server."""
        return DatabaseUrl("postgres", self.database, HOST, port or self.port, self.user, self.password)
