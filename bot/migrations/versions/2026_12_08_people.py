"""invitations and password links, where sessions were opened, and who did what."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "writing_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this version."""
    op.add_column(
        "agents", sa.Column("is_invited", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    for name, length in (("address", 64), ("browser", 300)):
        column = sa.Column(name, sa.String(length=length), nullable=False, server_default="")
        op.add_column("agent_sessions", column)
    op.add_column("agent_sessions", sa.Column("used_at", sa.DateTime(timezone=True)))
    op.create_table(
        "account_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.id"],
            name=op.f("fk_account_links_agent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_account_links")),
        sa.UniqueConstraint("agent_id", "kind", name=op.f("uq_account_links_agent_id_kind")),
    )
    op.create_table(
        "audit_entries",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=True),
        sa.Column("subject_id", sa.String(length=36), nullable=True),
        sa.Column("subject_name", sa.String(length=200), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=300), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    for name in ("actor", "subject"):
        op.create_index(f"ix_audit_entries_{name}", "audit_entries", [f"{name}_id", "id"])
    op.create_index("ix_audit_entries_act", "audit_entries", ["act", "id"])


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("audit_entries")
    op.drop_table("account_links")
    for name in ("used_at", "browser", "address"):
        op.drop_column("agent_sessions", name)
    op.drop_column("agents", "is_invited")
