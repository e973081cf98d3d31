"""Create the directory tables.

Guide: "Create Table". A default of the database's own (`server_default`) reaches every writer; the
`default=` of a column in a migration reaches nobody. `downgrade` drops in the opposite order.

Revision: 1a01c7ea7e5d
Revises: nothing, it is the first
Created: 2026-01-12 09:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "1a01c7ea7e5d"
down_revision: str | tuple[str, ...] | None = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "organization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organization"),
    )
    op.create_index("ix_organization_name", "organization", ["name"], unique=True)
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("tier", sa.Integer(), server_default="4", nullable=False),
        sa.Column("reliability_score", sa.Float(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("tier BETWEEN 1 AND 4", name=op.f("ck_source_tier")),  # op.f: the name is complete
        sa.PrimaryKeyConstraint("id", name="pk_source"),
    )
    op.create_index("ix_source_name", "source", ["name"], unique=True)
    op.create_table(
        "resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("location", sa.String(), server_default="Nationwide", nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name="fk_resource_organization_id"),
        sa.PrimaryKeyConstraint("id", name="pk_resource"),
        sa.UniqueConstraint("organization_id", "name", name="uq_resource_in_organization"),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("resource")
    op.drop_index("ix_source_name", table_name="source")
    op.drop_table("source")
    op.drop_index("ix_organization_name", table_name="organization")
    op.drop_table("organization")
