"""who delivers, and the questions that claims ask."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WAITING = sa.text("status = 'waiting'")
OPEN = sa.text("status IN ('waiting', 'asking')")


def upgrade() -> None:
    """Applies this version."""
    op.add_column("deliveries", sa.Column("holder", sa.String(length=36), nullable=True))
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["conversation_id", "seq"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    _index_open_turns("conversation_id", "id")


def downgrade() -> None:
    """Goes back to the version before."""
    _index_open_turns("id")
    op.drop_index("ix_deliveries_waiting", "deliveries")
    op.drop_column("deliveries", "holder")


def _index_open_turns(*columns: str) -> None:
    op.drop_index("ix_turns_open", "turns")
    op.create_index("ix_turns_open", "turns", columns, sqlite_where=OPEN, postgresql_where=OPEN)
