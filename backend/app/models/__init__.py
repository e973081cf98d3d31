"""Every table of the directory; importing this package is what makes Alembic see them all.

A new model gets a file of its own here and a line below.
"""

import app.database  # noqa: F401 - sets the naming convention, which has to stand before the first table
from app.models.organization import Organization
from app.models.resource import Resource
from app.models.source import Source

__all__ = ["Organization", "Resource", "Source"]
