"""index the titles without stopping writers."""

from alembic import op

revision = "a2"
down_revision = "a1"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("book_title", "book", ["title"], postgresql_concurrently=True, if_not_exists=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("book_title", "book", postgresql_concurrently=True, if_exists=True)
