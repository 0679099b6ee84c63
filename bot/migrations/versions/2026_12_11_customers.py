"""customers are found by contact, the bot's conversations by their last word."""

import sqlalchemy as sa
from alembic import op

revision = "customers_1"
down_revision = "finding_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this version."""
    op.create_index("ix_customers_email", "customers", ["email"])
    op.create_index("ix_customers_phone", "customers", ["phone"])
    op.create_index(
        "ix_conversations_bots",
        "conversations",
        ["status", "last_customer_at"],
        sqlite_where=sa.text("status = 'bot'"),
        postgresql_where=sa.text("status = 'bot'"),
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_index("ix_conversations_bots", table_name="conversations")
    op.drop_index("ix_customers_phone", table_name="customers")
    op.drop_index("ix_customers_email", table_name="customers")
