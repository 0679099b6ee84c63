"""what customers think of a conversation that is over, and as what it was closed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this version."""
    op.add_column("conversations", sa.Column("closed_as", sa.String(length=20), nullable=True))
    op.create_table(
        "surveys",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("bot_score", sa.Integer(), nullable=True),
        sa.Column("human_score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("bot_score BETWEEN 1 AND 5", name=op.f("ck_surveys_bot_score_in_range")),
        sa.CheckConstraint(
            "human_score BETWEEN 1 AND 5", name=op.f("ck_surveys_human_score_in_range")
        ),
        sa.CheckConstraint(
            "bot_score IS NOT NULL OR human_score IS NOT NULL",
            name=op.f("ck_surveys_somebody_is_rated"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_surveys_conversation_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_surveys")),
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("surveys")
    op.drop_column("conversations", "closed_as")
