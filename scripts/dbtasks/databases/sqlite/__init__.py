"""SQLite: a database is a file, its relatives live in a folder of ours beside it."""

from dbtasks.databases.sqlite.database import SqliteDatabase
from dbtasks.databases.sqlite.draft import SqliteDraft

__all__ = ["SqliteDatabase", "SqliteDraft"]
