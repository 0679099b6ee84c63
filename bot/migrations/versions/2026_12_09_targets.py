"""until when somebody should answer, and how each such clock ended."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "programs_1"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DUE = ("reply_due_at", "resolve_due_at", "first_reply_at")
RUNS = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Applies this version. Clocks of what is there already begin with its next change."""
    for column in DUE:
        op.add_column("conversations", sa.Column(column, MOMENT, nullable=True))
    op.create_table(
        "clocks",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("line", sa.String(length=12), nullable=False),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("desk", sa.String(length=50), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("done_percent", sa.Integer(), nullable=False),
        sa.Column("warned_at", MOMENT, nullable=True),
        sa.Column("missed_at", MOMENT, nullable=True),
        sa.Column("leads_told_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_as", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_clocks_conversation_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
    )
    op.create_index(
        "uq_clocks_one_runs",
        "clocks",
        ["conversation_id", "line"],
        unique=True,
        sqlite_where=RUNS,
        postgresql_where=RUNS,
    )
    op.create_index("ix_clocks_desk", "clocks", ["desk", "began_at"])


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("clocks")
    for column in reversed(DUE):
        op.drop_column("conversations", column)
