"""what messengers remember, where they were installed, and what customers changed."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

CHANGES = ("edited_at", "withdrawn_at")


def upgrade() -> None:
    """Applies this version."""
    for name in CHANGES:
        op.add_column("messages", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "channel_memory",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "key", name=op.f("pk_channel_memory")),
    )
    op.create_index(
        "ix_channel_memory_until",
        "channel_memory",
        ["until"],
        sqlite_where=sa.text("until IS NOT NULL"),
        postgresql_where=sa.text("until IS NOT NULL"),
    )
    op.create_table(
        "workspaces",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("workspace", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("bot_user", sa.String(length=40), nullable=False),
        sa.Column("bot", sa.String(length=40), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("enterprise", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "workspace", name=op.f("pk_workspaces")),
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("workspaces")
    op.drop_table("channel_memory")
    for name in reversed(CHANGES):
        op.drop_column("messages", name)
