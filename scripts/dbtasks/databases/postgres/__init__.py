"""PostgreSQL: relatives are databases of the same server, told apart by their names and comments."""

from dbtasks.databases.postgres.database import PostgresDatabase
from dbtasks.databases.postgres.draft import PostgresDraft

__all__ = ["PostgresDatabase", "PostgresDraft"]
