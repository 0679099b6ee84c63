"""mails about accounts on their way."""

import sqlalchemy as sa
from alembic import op

revision = "account_mails_1"
down_revision = "customers_1"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WAITS = sa.text("status = 'waiting'")


def upgrade() -> None:
    """Applies this version."""
    op.create_table(
        "account_mails",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("link", sa.String(length=400), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.id"],
            name=op.f("fk_account_mails_agent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_mails")),
    )
    op.create_index(
        "ix_account_mails_waiting",
        "account_mails",
        ["due_at"],
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
    op.create_index("ix_account_mails_agent", "account_mails", ["agent_id", "created_at"])


def downgrade() -> None:
    """Goes back to the version before. Whoever waits for a mail has to ask for it again."""
    op.drop_table("account_mails")
