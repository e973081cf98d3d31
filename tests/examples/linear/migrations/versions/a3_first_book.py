"""add the first book."""

from alembic import op

revision = "a3"
down_revision = "a2"


def upgrade() -> None:
    op.execute("INSERT INTO book (title, pages) VALUES ('Emma', 474)")


def downgrade() -> None:
    op.execute("DELETE FROM book WHERE title = 'Emma'")
