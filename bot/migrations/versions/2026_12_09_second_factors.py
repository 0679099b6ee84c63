"""codes of an app as a second factor, and how a session began."""

import sqlalchemy as sa
from alembic import op

revision = "people_2"
down_revision = "handling_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this version."""
    op.add_column(
        "agent_sessions",
        sa.Column("way", sa.String(length=20), nullable=False, server_default="password"),
    )
    op.add_column(
        "agent_sessions",
        sa.Column("awaits_factor", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "second_factors",
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("secret", sa.String(length=400), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        _of_agent("second_factors"),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "backup_codes",
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        _of_agent("backup_codes"),
        sa.PrimaryKeyConstraint("agent_id", "code_hash", name=op.f("pk_backup_codes")),
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("backup_codes")
    op.drop_table("second_factors")
    op.drop_column("agent_sessions", "awaits_factor")
    op.drop_column("agent_sessions", "way")


def _of_agent(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["agent_id"],
        ["agents.id"],
        name=op.f(f"fk_{table}_agent_id"),
        initially="DEFERRED",
        deferrable=True,
    )
