"""Index resource by category.

Guide: "Add Index". The table is small, so blocking its writers for the moment of the build is fine. A
large one wants postgresql_concurrently=True, alone in its revision, inside op.get_context().autocommit_block().

Revision: 5e051dec0a7e
Revises: 4d04ca11ed70
Created: 2026-03-09 09:00
"""

from alembic import op

revision: str = "5e051dec0a7e"
down_revision: str | tuple[str, ...] | None = "4d04ca11ed70"


def upgrade() -> None:
    """Make the change."""
    op.create_index("ix_resource_category", "resource", ["category"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_resource_category", table_name="resource")
