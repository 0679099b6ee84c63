"""the ladder of questions asked back, and feedback on answers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LADDER = ("last_fallback", "offered_intent", "upsets", "repeats")


def upgrade() -> None:
    """Applies this version."""
    for column in (
        sa.Column("last_fallback", sa.String(length=20), nullable=True),
        sa.Column("offered_intent", sa.String(length=100), nullable=True),
        sa.Column("upsets", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("repeats", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("conversations", column)
    op.add_column("turns", sa.Column("answered", sa.String(length=100), nullable=True))
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=100), nullable=False),
        sa.Column("intent", sa.String(length=100), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_feedback_conversation_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("conversation_id", "seq", name=op.f("uq_feedback_conversation_id_seq")),
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("feedback")
    op.drop_column("turns", "answered")
    for column in reversed(LADDER):
        op.drop_column("conversations", column)
