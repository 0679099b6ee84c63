"""how far the bot or an agent has read what the customer wrote."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this version."""
    op.add_column(
        "conversations", sa.Column("read_seq", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_column("conversations", "read_seq")
