"""browsers in which agents want pushed alerts."""

import sqlalchemy as sa
from alembic import op

revision = "push_1"
down_revision = "alerts_1"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Applies this version."""
    op.create_table(
        "push_browsers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("endpoint", sa.String(length=1000), nullable=False),
        sa.Column("p256dh", sa.String(length=100), nullable=False),
        sa.Column("auth", sa.String(length=40), nullable=False),
        sa.Column("browser", sa.String(length=300), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("problem", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.id"],
            name=op.f("fk_push_browsers_agent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_browsers")),
    )
    op.create_index("ix_push_browsers_agent", "push_browsers", ["agent_id", "created_at"])
    op.create_index("ix_push_browsers_session", "push_browsers", ["session_hash"])


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("push_browsers")
