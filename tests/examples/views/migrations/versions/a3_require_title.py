"""require a title; on SQLite that rebuilds the table, so view and trigger go and come back."""

import sqlalchemy as sa
from alembic import op

revision = "a3"
down_revision = "a2"

VIEW = "CREATE VIEW titles AS SELECT title FROM book"
TRIGGER = "CREATE TRIGGER book_log AFTER INSERT ON book BEGIN INSERT INTO log VALUES (NEW.id); END"


def upgrade() -> None:
    _rebuild(nullable=False)


def downgrade() -> None:
    _rebuild(nullable=True)


def _rebuild(*, nullable: bool) -> None:
    sqlite = op.get_context().dialect.name == "sqlite"
    if sqlite:
        op.execute("DROP TRIGGER book_log")
        op.execute("DROP VIEW titles")
    with op.batch_alter_table("book") as batch:
        batch.alter_column("title", existing_type=sa.String(80), nullable=nullable)
    if sqlite:
        op.execute(VIEW)
        op.execute(TRIGGER)
