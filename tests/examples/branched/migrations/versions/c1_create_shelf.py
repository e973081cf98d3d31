"""create shelf."""

import sqlalchemy as sa
from alembic import op

revision = "c1"
down_revision = "a1"


def upgrade() -> None:
    op.create_table("shelf", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    op.drop_table("shelf")
