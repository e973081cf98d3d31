"""add isbn to book."""

import sqlalchemy as sa
from alembic import op

revision = "b1"
down_revision = "a1"


def upgrade() -> None:
    op.add_column("book", sa.Column("isbn", sa.String(13)))


def downgrade() -> None:
    op.drop_column("book", "isbn")
