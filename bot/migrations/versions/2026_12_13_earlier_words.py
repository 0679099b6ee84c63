"""what a message said before its customer changed it."""

import sqlalchemy as sa
from alembic import op

revision = "earlier_words_1"
down_revision = "merged_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this version."""
    op.add_column("messages", sa.Column("earlier", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_column("messages", "earlier")
