"""the inbox's closed conversations, newest first."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

IS_CLOSED = sa.text("status = 'closed'")


def upgrade() -> None:
    """Applies this version."""
    op.create_index(
        "ix_conversations_closed",
        "conversations",
        ["closed_at"],
        sqlite_where=IS_CLOSED,
        postgresql_where=IS_CLOSED,
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_index("ix_conversations_closed", "conversations")
