"""what agents want to be told away from the inbox, and every telling."""

import sqlalchemy as sa
from alembic import op

revision = "alerts_1"
down_revision = "account_mails_1"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WAITS = sa.text("status = 'waiting'")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [to], name=name, initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    """Applies this version."""
    op.create_table(
        "alert_choices",
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("patience", sa.Integer(), nullable=False),
        sa.Column("when", sa.String(length=10), nullable=False),
        _refers("alert_choices", "agent_id", "agents.id"),
        sa.PrimaryKeyConstraint("agent_id", "way", name=op.f("pk_alert_choices")),
    )
    op.create_table(
        "agent_alerts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        _refers("agent_alerts", "agent_id", "agents.id"),
        _refers("agent_alerts", "conversation_id", "conversations.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_alerts")),
        sa.UniqueConstraint(
            "agent_id",
            "conversation_id",
            "kind",
            "way",
            name=op.f("uq_agent_alerts_agent_id_conversation_id_kind_way"),
        ),
    )
    op.create_index(
        "ix_agent_alerts_waiting",
        "agent_alerts",
        ["due_at"],
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
    op.create_index("ix_agent_alerts_conversation", "agent_alerts", ["conversation_id"])
    op.create_index("ix_agent_alerts_finished", "agent_alerts", ["finished_at"])


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("agent_alerts")
    op.drop_table("alert_choices")
