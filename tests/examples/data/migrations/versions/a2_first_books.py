"""the first books."""

import sqlalchemy as sa
from alembic import op

revision = "a2"
down_revision = "a1"

book = sa.table("book", sa.column("id", sa.Integer), sa.column("title", sa.String))


def upgrade() -> None:
    op.bulk_insert(book, [{"id": 1, "title": "emma"}, {"id": 2, "title": "persuasion"}])


def downgrade() -> None:
    op.execute(book.delete().where(book.c.id.in_([1, 2])))
