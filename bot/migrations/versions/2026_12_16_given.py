"""what came to an agent without their doing, and whether they have looked since."""

import sqlalchemy as sa
from alembic import op

revision = "given_1"
down_revision = "account_data_1"
branch_labels = None
depends_on = None

TABLE = "conversations"


def upgrade() -> None:
    """Applies this version."""
    op.add_column(TABLE, sa.Column("given_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(TABLE, sa.Column("given_as", sa.String(length=10), nullable=True))
    op.add_column(
        TABLE, sa.Column("given_unseen", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_index(
        "ix_mentions_unseen",
        "mentions",
        ["agent_id"],
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_index("ix_mentions_unseen", "mentions")
    for column in ("given_unseen", "given_as", "given_at"):
        op.drop_column(TABLE, column)
