"""forget the titles."""

from alembic import op

revision = "a2"
down_revision = "a1"


def upgrade() -> None:
    op.execute("UPDATE book SET title = NULL")


def downgrade() -> None:
    raise NotImplementedError("the titles are gone")
