"""A server that somebody else runs: a URL, never started, stopped or removed."""

from dataclasses import dataclass

from dbtasks.urls import DatabaseUrl


@dataclass(frozen=True)
class ExternalServer:
    """A PostgreSQL that a URL names."""

    url: DatabaseUrl
    managed: bool = False

    @property
    def place(self) -> str:
        """The URL without its password."""
        return str(self.url)
