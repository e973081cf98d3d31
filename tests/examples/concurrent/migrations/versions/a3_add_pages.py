"""add pages to book, in a transaction again."""

import sqlalchemy as sa
from alembic import op

revision = "a3"
down_revision = "a2"


def upgrade() -> None:
    op.add_column("book", sa.Column("pages", sa.Integer))


def downgrade() -> None:
    op.drop_column("book", "pages")
