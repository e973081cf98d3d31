"""create book, as Alembic writes an enum: the table creates its type, and nothing drops it."""

import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "book",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("state", sa.Enum("new", "used", name="state"), nullable=False),
    )
    op.execute("INSERT INTO book (state) VALUES ('used')")


def downgrade() -> None:
    op.drop_table("book")
    sa.Enum(name="state").drop(op.get_bind(), checkfirst=True)
