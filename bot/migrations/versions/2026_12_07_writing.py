"""what agents are writing: drafts, held replies, saved replies, and who looks on."""

import sqlalchemy as sa
from alembic import op

revision = "writing_1"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this version."""
    op.create_table(
        "drafts",
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(length=36), nullable=False),
        sa.Column("started_seq", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        _refers_to("drafts", "agent_id", "agents"),
        _refers_to("drafts", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("agent_id", "conversation_id", "kind", name=op.f("pk_drafts")),
    )
    op.create_table(
        "held_replies",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        _refers_to("held_replies", "agent_id", "agents"),
        _refers_to("held_replies", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_held_replies")),
    )
    op.create_index("ix_held_replies_agent", "held_replies", ["agent_id"])
    op.create_table(
        "writing_choices",
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("undo_seconds", sa.Integer(), nullable=False),
        _refers_to("writing_choices", "agent_id", "agents"),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_writing_choices")),
    )
    op.create_table(
        "saved_replies",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("desk", sa.String(length=50), nullable=False),
        sa.Column("shortcut", sa.String(length=40), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("updated_by", sa.String(length=200), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_replies")),
    )
    op.create_index("uq_saved_replies_shortcut", "saved_replies", ["desk", "shortcut"], unique=True)
    op.create_table(
        "viewers",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("typing_at", sa.DateTime(timezone=True), nullable=True),
        _refers_to("viewers", "agent_id", "agents"),
        _refers_to("viewers", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("conversation_id", "agent_id", name=op.f("pk_viewers")),
    )
    op.create_index("ix_viewers_agent", "viewers", ["agent_id"])
    op.create_index("ix_turns_intent", "turns", ["intent", "id"])


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_index("ix_turns_intent", table_name="turns")
    for table in ("viewers", "saved_replies", "writing_choices", "held_replies", "drafts"):
        op.drop_table(table)


def _refers_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{other}.id"],
        name=op.f(f"fk_{table}_{column}"),
        deferrable=True,
        initially="DEFERRED",
    )
