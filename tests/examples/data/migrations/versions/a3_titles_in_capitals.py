"""titles in capitals, by reading and writing rows."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "a3"
down_revision = "a2"

book = sa.table("book", sa.column("id", sa.Integer), sa.column("title", sa.String))


def upgrade() -> None:
    _change(str.upper)


def downgrade() -> None:
    _change(str.lower)


def _change(how: Callable[[str], str]) -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(book.c.id, book.c.title)).all():
        connection.execute(book.update().where(book.c.id == row.id).values(title=how(row.title)))
