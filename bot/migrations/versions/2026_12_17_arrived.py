"""when something came into a desk's queue last."""

import sqlalchemy as sa
from alembic import op

revision = "arrived_1"
down_revision = "given_1"
branch_labels = None
depends_on = None

NAME = "ix_conversations_arrived"


def upgrade() -> None:
    """Applies this version."""
    # What waits since before there were spans (waiting_1) has none until its next change.
    op.execute(
        "UPDATE conversations SET span_since = queued_at"
        " WHERE status = 'queued' AND span_since IS NULL"
    )
    op.create_index(
        NAME,
        "conversations",
        ["desk", "span_since"],
        sqlite_where=sa.text("status = 'queued'"),
        postgresql_where=sa.text("status = 'queued'"),
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_index(NAME, "conversations")
