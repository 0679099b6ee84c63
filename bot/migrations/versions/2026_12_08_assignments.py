"""who is on duty and has how much room, and why a conversation was given to whom."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

COLUMNS = ("presence", "is_idle", "active_at", "capacity", "assigned_at")


def upgrade() -> None:
    """Applies this version."""
    moment = sa.DateTime(timezone=True)
    state = sa.Column("presence", sa.String(length=10), server_default="online", nullable=False)
    no = sa.text("false")
    op.add_column("agents", state)
    op.add_column("agents", sa.Column("is_idle", sa.Boolean(), server_default=no, nullable=False))
    op.add_column("agents", sa.Column("active_at", moment, nullable=True))
    op.add_column("agents", sa.Column("capacity", sa.Integer(), nullable=True))
    op.add_column("agents", sa.Column("assigned_at", moment, nullable=True))
    op.create_table(
        "assignments",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("agent_name", sa.String(length=200), nullable=False),
        sa.Column("desk", sa.String(length=50), nullable=False),
        sa.Column("strategy", sa.String(length=20), nullable=False),
        sa.Column("because", sa.String(length=20), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _refers("conversation_id", "conversations.id"),
        _refers("agent_id", "agents.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index("ix_assignments_conversation", "assignments", ["conversation_id", "id"])
    op.create_index("ix_assignments_agent", "assignments", ["agent_id", "at"])


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("assignments")
    for column in reversed(COLUMNS):
        op.drop_column("agents", column)


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [to],
        name=op.f(f"fk_assignments_{column}"),
        initially="DEFERRED",
        deferrable=True,
    )
