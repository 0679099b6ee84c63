"""row numbers that do not end at two thousand million."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# SQLite's numbers have 64 bits already.
NUMBERED = ("events", "turns", "deliveries", "delivery_attempts", "feedback")


def upgrade() -> None:
    """Applies this version."""
    _change("bigint", sa.Integer(), sa.BigInteger())


def downgrade() -> None:
    """Goes back to the version before."""
    _change("integer", sa.BigInteger(), sa.Integer())


def _change(sequence: str, old: sa.types.TypeEngine[int], new: sa.types.TypeEngine[int]) -> None:
    if op.get_context().dialect.name == "sqlite":
        return
    for table in NUMBERED:
        op.alter_column(table, "id", existing_type=old, type_=new, existing_nullable=False)
        op.execute(f"ALTER SEQUENCE {table}_id_seq AS {sequence}")
    op.alter_column(
        "delivery_attempts", "delivery_id", existing_type=old, type_=new, existing_nullable=False
    )
