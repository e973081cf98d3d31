"""Code in a database that runs by itself when rows are added to it."""

import re
import sqlite3
from collections.abc import Sequence

_DEFINITIONS = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
# Read in one pass, so that a quote inside a comment is none, nor a comment inside a string.
_COMMENT = re.compile(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")|--[^\n]*|/\*.*?\*/", re.DOTALL)
_ON_INSERT = re.compile(r"\bINSERT\s+ON\b", re.IGNORECASE)
_REPLACES = re.compile(r"\bON\s+CONFLICT\s+REPLACE\b", re.IGNORECASE)
_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\b", re.IGNORECASE)


def find_side_effects(connection: sqlite3.Connection) -> Sequence[str]:
    """What runs when rows are added, in words: a trigger, a constraint that replaces, the code of a virtual table."""
    found = []
    for kind, name, definition in connection.execute(_DEFINITIONS):
        text = _COMMENT.sub(lambda part: part[1] or " ", definition)
        if kind == "trigger" and _ON_INSERT.search(text):
            found.append(f"trigger {name}")
        elif kind == "table" and _REPLACES.search(text):
            found.append(f"ON CONFLICT REPLACE in {name}")
        elif kind == "table" and _VIRTUAL.match(text):
            found.append(f"virtual table {name}")
    return found
