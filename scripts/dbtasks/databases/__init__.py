"""Databases of either engine behind one protocol; the only place that imports a driver."""

from dbtasks.databases.old_protocol import Database, open_database
from dbtasks.databases.protocol import About, Environment, Kept, Kind, Label

__all__ = ["About", "Database", "Environment", "Kept", "Kind", "Label", "open_database"]
