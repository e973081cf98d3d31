"""Whether a database is this checkout's own, in a word and in words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ownership:
    """Whether a database is this checkout's own, and words that complete "the database is ..."."""

    ours: bool
    words: str
