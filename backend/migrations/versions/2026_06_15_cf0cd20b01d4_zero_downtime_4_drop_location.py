"""Zero downtime 4 of 4: drop location.

Only after the code that reads or writes the old column is gone: its default fills it in for the code
that does not. The way back restores the column with its data, which service_area has been keeping.

Revision: cf0cd20b01d4
Revises: be0bc0117a13
Created: 2026-06-15 09:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "cf0cd20b01d4"
down_revision: str | tuple[str, ...] | None = "be0bc0117a13"


def upgrade() -> None:
    """Make the change."""
    op.drop_column("resource", "location")


def downgrade() -> None:
    """Take the change back."""
    op.add_column("resource", sa.Column("location", sa.String(), server_default="Nationwide", nullable=False))
    op.execute("UPDATE resource SET location = service_area")
