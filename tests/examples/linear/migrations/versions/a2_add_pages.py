"""add pages to book."""

import sqlalchemy as sa
from alembic import op

revision = "a2"
down_revision = "a1"


def upgrade() -> None:
    op.add_column("book", sa.Column("pages", sa.Integer))


def downgrade() -> None:
    op.drop_column("book", "pages")
