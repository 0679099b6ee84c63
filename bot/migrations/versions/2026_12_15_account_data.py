"""what agents see of a customer's account at the site."""

import sqlalchemy as sa
from alembic import op

revision = "account_data_1"
down_revision = "acts_on_conversations_1"
branch_labels = None
depends_on = None

TABLE = "identities"


def upgrade() -> None:
    """Applies this version."""
    op.add_column(TABLE, sa.Column("account", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_column(TABLE, "account")
