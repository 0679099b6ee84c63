"""people whom a host site signed for, and the visitors who turned out to be them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this version."""
    op.create_table(
        "identities",
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("desk", sa.String(length=50), nullable=False),
        sa.Column("user_id", sa.String(length=200), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_identities_customer_id"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_identities")),
    )
    op.add_column("customers", sa.Column("joined_id", sa.String(length=36), nullable=True))


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_column("customers", "joined_id")
    op.drop_table("identities")
