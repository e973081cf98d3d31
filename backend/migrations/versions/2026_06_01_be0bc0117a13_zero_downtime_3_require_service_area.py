"""Zero downtime 3 of 4: require service area.

SET NOT NULL alone reads the whole table while nobody may use it. PostgreSQL skips that when a valid
CHECK says the same, and VALIDATE reads the table without stopping anyone, provided that each statement
is a transaction of its own (autocommit_block). DROP ... IF EXISTS makes an interrupted run repeatable.

Revision: be0bc0117a13
Revises: ad0ab47c4e52
Created: 2026-06-01 09:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "be0bc0117a13"
down_revision: str | tuple[str, ...] | None = "ad0ab47c4e52"

DROP_CHECK = "ALTER TABLE resource DROP CONSTRAINT IF EXISTS ck_resource_service_area"
ADD_CHECK = "ALTER TABLE resource ADD CONSTRAINT ck_resource_service_area CHECK (service_area IS NOT NULL) NOT VALID"
VALIDATE_CHECK = "ALTER TABLE resource VALIDATE CONSTRAINT ck_resource_service_area"


def upgrade() -> None:
    """Make the change."""
    on_postgresql = op.get_context().dialect.name == "postgresql"
    if on_postgresql:
        with op.get_context().autocommit_block():
            op.execute(DROP_CHECK)
            op.execute(ADD_CHECK)
            op.execute(VALIDATE_CHECK)
    with op.batch_alter_table("resource") as batch_op:
        batch_op.alter_column("service_area", existing_type=sa.String(), nullable=False)
    if on_postgresql:
        op.execute(DROP_CHECK)


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("resource") as batch_op:
        batch_op.alter_column("service_area", existing_type=sa.String(), nullable=True)
