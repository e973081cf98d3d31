"""Add trust score with a passing default.

Guide: "Add Column with Default". The default is there for the rows that exist, then goes, so that new
code has to say what it means. SQLite can only drop a default by rebuilding the table: hence the batch,
which on PostgreSQL is a plain ALTER.

Revision: 3c03de7a0175
Revises: 2b02add9407e
Created: 2026-02-09 09:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "3c03de7a0175"
down_revision: str | tuple[str, ...] | None = "2b02add9407e"


def upgrade() -> None:
    """Make the change."""
    op.add_column("resource", sa.Column("trust_score", sa.Float(), server_default="0.0", nullable=False))
    with op.batch_alter_table("resource") as batch_op:
        batch_op.alter_column("trust_score", existing_type=sa.Float(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("resource", "trust_score")
