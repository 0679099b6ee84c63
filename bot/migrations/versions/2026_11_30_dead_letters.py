"""why a message cannot be delivered, and until when a channel asked us to wait."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

IS_DEAD = sa.text("status = 'dead'")


def upgrade() -> None:
    """Applies this version."""
    op.add_column("deliveries", sa.Column("problem_kind", sa.String(length=12), nullable=True))
    op.add_column("deliveries", sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_deliveries_dead",
        "deliveries",
        ["conversation_id"],
        sqlite_where=IS_DEAD,
        postgresql_where=IS_DEAD,
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_index("ix_deliveries_dead", "deliveries")
    op.drop_column("deliveries", "retry_at")
    op.drop_column("deliveries", "problem_kind")
