"""Rename resource name to title.

Guide: "Rename Column". Autogenerate sees a dropped and an added column and would lose the data, so a
rename is written by hand. It is for the time when code and database change together; while old code
still runs, take the four steps that start with 9c09e4ba4d01.

Revision: 4d04ca11ed70
Revises: 3c03de7a0175
Created: 2026-02-23 09:00
"""

from alembic import op

revision: str = "4d04ca11ed70"
down_revision: str | tuple[str, ...] | None = "3c03de7a0175"


def upgrade() -> None:
    """Make the change."""
    op.alter_column("resource", "name", new_column_name="title")


def downgrade() -> None:
    """Take the change back."""
    op.alter_column("resource", "title", new_column_name="name")
