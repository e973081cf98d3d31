"""Add foreign key from resource to source.

Guide: "Add Foreign Key". The constraint has a name, or nobody could drop it; SQLite adds and drops
constraints by rebuilding the table, hence the batch. The new column is empty, so there is nothing to check.

Revision: 6f06f4e190ce
Revises: 5e051dec0a7e
Created: 2026-03-23 09:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "6f06f4e190ce"
down_revision: str | tuple[str, ...] | None = "5e051dec0a7e"


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("resource") as batch_op:
        batch_op.add_column(sa.Column("source_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("fk_resource_source_id", "source", ["source_id"], ["id"])


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("resource") as batch_op:
        batch_op.drop_constraint("fk_resource_source_id", type_="foreignkey")
        batch_op.drop_column("source_id")
