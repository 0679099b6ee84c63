"""numbers that outlive the process, and what the check of every minute asks."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

IS_BOTS = sa.text("status = 'bot'")


def upgrade() -> None:
    """Applies this version."""
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_index(
        "ix_conversations_bots",
        "conversations",
        ["status", "last_customer_at"],
        sqlite_where=IS_BOTS,
        postgresql_where=IS_BOTS,
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_index("ix_conversations_bots", "conversations")
    op.drop_table("counters")
