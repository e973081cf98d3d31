"""a view and a trigger on the table that the next revision rebuilds."""

import sqlalchemy as sa
from alembic import op

revision = "a2"
down_revision = "a1"

SQLITE_TRIGGER = "CREATE TRIGGER book_log AFTER INSERT ON book BEGIN INSERT INTO log VALUES (NEW.id); END"
POSTGRES_FUNCTION = """CREATE FUNCTION book_log() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO log VALUES (NEW.id); RETURN NEW; END $$"""
POSTGRES_TRIGGER = (
    POSTGRES_FUNCTION,
    "CREATE TRIGGER book_log AFTER INSERT ON book FOR EACH ROW EXECUTE FUNCTION book_log()",
)


def upgrade() -> None:
    op.create_table("log", sa.Column("book", sa.Integer))
    op.execute("CREATE VIEW titles AS SELECT title FROM book")
    for statement in POSTGRES_TRIGGER if op.get_context().dialect.name == "postgresql" else [SQLITE_TRIGGER]:
        op.execute(statement)


def downgrade() -> None:
    on_table = " ON book" if op.get_context().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER book_log{on_table}")
    if on_table:
        op.execute("DROP FUNCTION book_log")
    op.execute("DROP VIEW titles")
    op.drop_table("log")
