"""allow for lost books."""

from alembic import op

revision = "a2"
down_revision = "a1"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE state ADD VALUE IF NOT EXISTS 'lost'")


def downgrade() -> None:
    """PostgreSQL cannot take a value away, and nothing minds one more."""
