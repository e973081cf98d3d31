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

from dbtasks.errors import ConfigError

Role = Literal["draft", "kept"]

_LONGEST = 63  # bytes; PostgreSQL cuts a longer name without an error, and no lookup finds it again

_READABLE = 20
_HASH = 12
_RANDOM = 4  # bytes


def make_name(role: Role, database: str) -> str:
    """A name that nobody has yet, of at most 63 ASCII characters."""
    return f"dbtasks_{role}_{_readable(database)}_{_digest(database)}_{os.urandom(_RANDOM).hex()}"


def require_usable(database: str) -> None:
    """Refuse a name that PostgreSQL would cut.

    Raises:
        ConfigError: it takes more than 63 bytes.
    """
    size = len(database.encode())
    if size > _LONGEST:
        raise ConfigError(
            f"The database name {database!r} takes {size} bytes in UTF-8; PostgreSQL keeps {_LONGEST}.",
            hint="Name a shorter database in DATABASE_URL",
        )


def begin_draft_name(database: str) -> str:
    """What the name of every draft of this database begins with."""
    return f"dbtasks_draft_{_readable(database)}_{_digest(database)}_"


def is_draft_of(name: str, database: str) -> bool:
    """Was this name made by `make_name("draft", database)`?"""
    return re.fullmatch(re.escape(begin_draft_name(database)) + f"[0-9a-f]{{{_RANDOM * 2}}}", name) is not None


def is_kept_of(name: str, database: str) -> bool:
    """Was this name made by `make_name("kept", database)`?"""
    beginning = f"dbtasks_kept_{_readable(database)}_{_digest(database)}_"
    return re.fullmatch(re.escape(beginning) + f"[0-9a-f]{{{_RANDOM * 2}}}", name) is not None


def derive_lock_key(database: str) -> int:
    """The number of the advisory lock for a database, as PostgreSQL's bigint."""
    digest = hashlib.sha256(f"dbtasks lock {database}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _readable(database: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", database.lower())[:_READABLE].strip("_") or "database"


def _digest(database: str) -> str:
    return hashlib.sha256(database.encode()).hexdigest()[:_HASH]
