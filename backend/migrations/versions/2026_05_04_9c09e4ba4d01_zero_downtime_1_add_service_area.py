"""Zero downtime 1 of 4: add service area.

Guide: "Zero-Downtime Migration Strategy", a rename (location to service_area) while the application runs.
The new column is nullable, since the code that runs now does not fill it.
Then deploy code that writes both columns, and go on with step 2.

Revision: 9c09e4ba4d01
Revises: 8b08da7a0f11
Created: 2026-05-04 09:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "9c09e4ba4d01"
down_revision: str | tuple[str, ...] | None = "8b08da7a0f11"


def upgrade() -> None:
    """Make the change."""
    op.add_column("resource", sa.Column("service_area", sa.String(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("resource", "service_area")
