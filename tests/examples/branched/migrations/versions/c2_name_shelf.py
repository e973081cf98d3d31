"""give a shelf a name."""

import sqlalchemy as sa
from alembic import op

revision = "c2"
down_revision = "c1"


def upgrade() -> None:
    op.add_column("shelf", sa.Column("name", sa.String(20)))


def downgrade() -> None:
    op.drop_column("shelf", "name")
