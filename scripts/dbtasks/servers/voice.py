"""What a server's building blocks are handed: how to talk while they work, how to try a login, how to bind a note.

They never print and know neither driver nor notes, so all come from whoever calls them.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from dbtasks.urls import DatabaseUrl

Login = Callable[[DatabaseUrl], Literal["in", "not yet", "refused"]]
Tell = Callable[[str], None]
Rebind = Callable[[str, str, str], str]  # a comment, the identity its note is bound to, the one it is bound to then


class Bar(Protocol):
    """What shows how far a long piece of work has come."""

    def advance(self, steps: int = 1, title: str | None = None) -> None:
        """Count steps as done."""

    def set_total(self, total: int) -> None:
        """Tell how many steps there are."""


Progress = Callable[[str, int | None], AbstractContextManager[Bar]]


@dataclass(frozen=True)
class Voice:
    """How a task talks while it works: remarks, bars, and what must never be shown."""

    tell: Tell
    progress: Progress
    hide: Tell
