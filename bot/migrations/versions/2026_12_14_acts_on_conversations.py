"""what agents do to conversations is in the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "acts_on_conversations_1"
down_revision = "earlier_words_1"
branch_labels = None
depends_on = None

TABLE = "audit_entries"
INDEX = "ix_audit_entries_conversation"


def upgrade() -> None:
    """Applies this version."""
    op.add_column(TABLE, sa.Column("conversation_id", sa.String(36), nullable=True))
    op.create_index(INDEX, TABLE, ["conversation_id", "id"])


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_index(INDEX, TABLE)
    op.drop_column(TABLE, "conversation_id")
