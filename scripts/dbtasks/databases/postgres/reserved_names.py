"""The reserved names of relatives: recognised exactly, whatever the database itself is called.

    dbtasks_draft_<readable>_<hash of the database's name>_<random>
    dbtasks_kept_<readable>_<hash of the database's name>_<random>

A draft that was just created has no comment yet, so its name alone has to say whose it is. Kept
relatives have another prefix: one that lost its comment must never be taken for a draft.
"""

import hashlib
import os
import re
from typing import Literal

Role = Literal["draft", "kept"]

_READABLE = 20
_HASH = 12
_RANDOM = 4  # bytes


def new_name(role: Role, database: str) -> str:
    """A name that nobody has yet, of at most 63 ASCII characters."""
    return f"dbtasks_{role}_{_readable(database)}_{_digest(database)}_{os.urandom(_RANDOM).hex()}"


def is_draft_of(name: str, database: str) -> bool:
    """Was this name made by `new_name("draft", database)`?"""
    stem = f"dbtasks_draft_{_readable(database)}_{_digest(database)}_"
    return re.fullmatch(re.escape(stem) + f"[0-9a-f]{{{_RANDOM * 2}}}", name) is not None


def lock_key(database: str) -> int:
    """The number of the advisory lock for a database, as PostgreSQL's bigint."""
    digest = hashlib.sha256(f"dbtasks lock {database}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _readable(database: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", database.lower())[:_READABLE].strip("_") or "database"


def _digest(database: str) -> str:
    return hashlib.sha256(database.encode()).hexdigest()[:_HASH]
