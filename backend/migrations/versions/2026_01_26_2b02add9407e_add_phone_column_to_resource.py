"""Add phone column to resource.

Guide: "Add Column". Nullable and without a default, it costs nothing on a table of any size, and code
that does not know it yet goes on working.

Revision: 2b02add9407e
Revises: 1a01c7ea7e5d
Created: 2026-01-26 09:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "2b02add9407e"
down_revision: str | tuple[str, ...] | None = "1a01c7ea7e5d"


def upgrade() -> None:
    """Make the change."""
    op.add_column("resource", sa.Column("phone", sa.String(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("resource", "phone")
