"""Zero downtime 2 of 4: backfill service area, in batches.

PostgreSQL has no UPDATE ... LIMIT, so a batch is a range of primary keys. Each is a transaction of its
own (autocommit_block): rows are locked for a moment, and an interrupted run has kept what it did. Only
empty rows are touched, so it may be run again. `--sql` cannot look for ranges and prints one UPDATE.

Revision: ad0ab47c4e52
Revises: 9c09e4ba4d01
Created: 2026-05-18 09:00
"""

import sqlalchemy as sa
from alembic import context, op

revision: str = "ad0ab47c4e52"
down_revision: str | tuple[str, ...] | None = "9c09e4ba4d01"

BATCH = 10_000
END_OF_BATCH = sa.text("SELECT max(id) FROM (SELECT id FROM resource WHERE id > :last ORDER BY id LIMIT :size) AS ids")


def upgrade() -> None:
    """Make the change."""
    in_batches("UPDATE resource SET service_area = location WHERE service_area IS NULL")


def downgrade() -> None:
    """Take the change back; what newer code has written to service_area alone goes home to location."""
    in_batches("UPDATE resource SET location = service_area, service_area = NULL WHERE service_area IS NOT NULL")


def in_batches(update: str) -> None:
    """Run an UPDATE that has a WHERE once for every range of primary keys."""
    if context.is_offline_mode():
        op.execute(update)
        return
    batch = sa.text(f"{update} AND id > :last AND id <= :end")
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        last = connection.scalar(sa.text("SELECT min(id) - 1 FROM resource"))
        while (end := connection.scalar(END_OF_BATCH, {"last": last, "size": BATCH})) is not None:
            connection.execute(batch, {"last": last, "end": end})
            last = end
