"""customers of whom agents say that they are one person."""

import sqlalchemy as sa
from alembic import op

revision = "merged_1"
down_revision = "push_1"
branch_labels = None
depends_on = None

HOLDS = sa.text("undone_at IS NULL")
IS_UNDER_ANOTHER = sa.text("kept_id IS NOT NULL")


def upgrade() -> None:
    """Applies this version."""
    op.add_column("customers", sa.Column("kept_id", sa.String(length=36), nullable=True))
    op.create_index(
        "ix_customers_kept",
        "customers",
        ["kept_id"],
        sqlite_where=IS_UNDER_ANOTHER,
        postgresql_where=IS_UNDER_ANOTHER,
    )
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "customer_merges",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("gone_id", sa.String(length=36), nullable=False),
        sa.Column("kept_id", sa.String(length=36), nullable=False),
        sa.Column("name_from", sa.String(length=36), nullable=True),
        sa.Column("email_from", sa.String(length=36), nullable=True),
        sa.Column("phone_from", sa.String(length=36), nullable=True),
        sa.Column("agent_id", sa.String(length=36), nullable=True),
        sa.Column("agent_name", sa.String(length=200), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        *(_refers(column, to) for column, to in REFERS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merges")),
    )
    op.create_index(
        "uq_customer_merges_one_at_a_time",
        "customer_merges",
        ["gone_id"],
        unique=True,
        sqlite_where=HOLDS,
        postgresql_where=HOLDS,
    )
    op.create_index("ix_customer_merges_kept", "customer_merges", ["kept_id"])


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("customer_merges")
    op.drop_index("ix_customers_kept", table_name="customers")
    op.drop_column("customers", "kept_id")


REFERS = {"gone_id": "customers.id", "kept_id": "customers.id", "agent_id": "agents.id"}


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [to],
        name=op.f(f"fk_customer_merges_{column}"),
        initially="DEFERRED",
        deferrable=True,
    )
