"""Whether a database is this checkout's own, in a word and in words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ownership:
    """Whether a database is this checkout's own.

    Args:
        ours: it is.
        words: where it is, or why that cannot be told; completes "the database is ...".
    """

    ours: bool
    words: str
