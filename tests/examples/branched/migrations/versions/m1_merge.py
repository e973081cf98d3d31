"""merge add isbn to book with give a shelf a name."""

revision = "m1"
down_revision = ("b1", "c2")


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
