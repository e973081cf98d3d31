"""Derive missing trust scores from the reliability of the source.

Guide: "Data Migrations", alone in its revision, in SQL that both engines speak. The way back empties
only scores that still are what this revision computes: a score that someone has set since then stays.

Revision: 8b08da7a0f11
Revises: 7a070b5ce1e5
Created: 2026-04-20 09:00
"""

from alembic import op

revision: str = "8b08da7a0f11"
down_revision: str | tuple[str, ...] | None = "7a070b5ce1e5"


def upgrade() -> None:
    """Make the change."""
    op.execute("""
        UPDATE resource
        SET trust_score = (SELECT reliability_score * 0.9 FROM source WHERE source.id = resource.source_id)
        WHERE trust_score IS NULL AND source_id IS NOT NULL
    """)


def downgrade() -> None:
    """Take the change back."""
    op.execute("""
        UPDATE resource
        SET trust_score = NULL
        WHERE trust_score = (SELECT reliability_score * 0.9 FROM source WHERE source.id = resource.source_id)
    """)
