"""who waits and for how long, what customers put right, and what agents look like."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

PICTURES = (
    ("agents", "picture"),
    ("conversations", "agent_picture"),
    ("messages", "author_picture"),
)


def upgrade() -> None:
    """Applies this version."""
    for table, column in PICTURES:
        op.add_column(table, sa.Column(column, sa.String(length=40), nullable=True))
    op.create_table(
        "agent_pictures",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _refers("agent_pictures", "agent_id", "agents.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_pictures")),
        sa.UniqueConstraint("agent_id", name=op.f("uq_agent_pictures_agent_id")),
    )
    op.create_table(
        "queue_waits",
        _row_number(),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("desk", sa.String(length=50), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_seconds", sa.Float(), nullable=False),
        _refers("queue_waits", "conversation_id", "conversations.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_waits")),
    )
    op.create_index("ix_queue_waits_desk", "queue_waits", ["desk", "taken_at"])
    op.create_table(
        "corrections",
        _row_number(),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.Column("before", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _refers("corrections", "conversation_id", "conversations.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index("ix_corrections_conversation", "corrections", ["conversation_id", "id"])


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("corrections")
    op.drop_table("queue_waits")
    op.drop_table("agent_pictures")
    for table, column in reversed(PICTURES):
        op.drop_column(table, column)


def _row_number() -> "sa.Column[int]":
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, autoincrement=True, nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [to],
        name=op.f(f"fk_{table}_{column}"),
        initially="DEFERRED",
        deferrable=True,
    )
