"""how urgent a conversation is, and on whom it waited."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

RUNS = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Applies this version. Spans of what is there already begin with its next change."""
    op.add_column(
        "conversations", sa.Column("priority", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column("conversations", sa.Column("span", sa.String(length=10), nullable=True))
    op.add_column(
        "conversations", sa.Column("span_since", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_table(
        "spans",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("desk", sa.String(length=50), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_spans_ends_after_it_begins")),
        _refers("conversation_id", "conversations.id"),
        _refers("agent_id", "agents.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spans")),
    )
    op.create_index("ix_spans_conversation", "spans", ["conversation_id", "id"])
    op.create_index(
        "uq_spans_one_runs",
        "spans",
        ["conversation_id"],
        unique=True,
        sqlite_where=RUNS,
        postgresql_where=RUNS,
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("spans")
    for column in ("span_since", "span", "priority"):
        op.drop_column("conversations", column)


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [to], name=op.f(f"fk_spans_{column}"), initially="DEFERRED", deferrable=True
    )
