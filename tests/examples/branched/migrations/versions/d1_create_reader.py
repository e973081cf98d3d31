"""create reader."""

import sqlalchemy as sa
from alembic import op

revision = "d1"
down_revision = "m1"


def upgrade() -> None:
    op.create_table("reader", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    op.drop_table("reader")
