"""Databases of either engine behind one protocol; the only place that imports a driver."""

from dbtasks.databases.protocol import (
    About,
    Database,
    Environment,
    Kept,
    Kind,
    Label,
    open_database,
)

__all__ = ["About", "Database", "Environment", "Kept", "Kind", "Label", "open_database"]
