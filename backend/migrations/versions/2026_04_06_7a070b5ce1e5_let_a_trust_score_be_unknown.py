"""Let a trust score be unknown.

Before the next revision can fill in what is missing, missing has to be something else than a judged
0.0: from here on it is NULL. The way back has no room for "unknown", which becomes 0.0 again.

Revision: 7a070b5ce1e5
Revises: 6f06f4e190ce
Created: 2026-04-06 09:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "7a070b5ce1e5"
down_revision: str | tuple[str, ...] | None = "6f06f4e190ce"


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("resource") as batch_op:
        batch_op.alter_column("trust_score", existing_type=sa.Float(), nullable=True)


def downgrade() -> None:
    """Take the change back."""
    op.execute("UPDATE resource SET trust_score = 0.0 WHERE trust_score IS NULL")
    with op.batch_alter_table("resource") as batch_op:
        batch_op.alter_column("trust_score", existing_type=sa.Float(), nullable=False)
