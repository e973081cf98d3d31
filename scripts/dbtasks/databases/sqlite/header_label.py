"""The label that older versions wrote into a file's header, as its application id.

It says "db" in ASCII, then the environment. An application id belongs to the program whose file it is, so
labels are notes now; these are still understood, and the header is given back when the label is set anew.
"""

import sqlite3

from dbtasks.databases.protocol import Environment, Label

_MAGIC = 0x6462_0000
_ENVIRONMENTS: tuple[Environment, ...] = ("development", "test", "production")


def is_header_label(application_id: int) -> bool:
    """Is it one of ours?"""
    return 0 <= application_id - _MAGIC < len(_ENVIRONMENTS)


def read_header_label(connection: sqlite3.Connection) -> Label | None:
    """The label in the header."""
    number = _application_id(connection)
    return Label(_ENVIRONMENTS[number - _MAGIC], "") if is_header_label(number) else None


def give_header_back(connection: sqlite3.Connection) -> None:
    """Take a label out of the header; an application id of another program stays."""
    if is_header_label(_application_id(connection)):
        connection.execute("PRAGMA application_id = 0")


def _application_id(connection: sqlite3.Connection) -> int:
    number: int = connection.execute("PRAGMA application_id").fetchone()[0]
    return number
