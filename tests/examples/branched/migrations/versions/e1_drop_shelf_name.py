"""drop the name of a shelf."""

import sqlalchemy as sa
from alembic import op

revision = "e1"
down_revision = "m1"


def upgrade() -> None:
    op.drop_column("shelf", "name")


def downgrade() -> None:
    op.add_column("shelf", sa.Column("name", sa.String(20)))
