"""customers are found by e-mail address and phone number."""

from alembic import op

revision = "customers_1"
down_revision = "finding_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this version."""
    op.create_index("ix_customers_email", "customers", ["email"])
    op.create_index("ix_customers_phone", "customers", ["phone"])


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_index("ix_customers_phone", table_name="customers")
    op.drop_index("ix_customers_email", table_name="customers")
