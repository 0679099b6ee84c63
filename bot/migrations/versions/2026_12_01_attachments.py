"""files that messages carry, and cards."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

EXTRAS = ("attachments", "cards")


def upgrade() -> None:
    """Applies this version."""
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=True),
        sa.Column("message_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("secret", name=op.f("uq_attachments_secret")),
        sa.UniqueConstraint(
            "channel", "owner", "key", name=op.f("uq_attachments_channel_owner_key")
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"],
                [f"{table}s.id"],
                name=op.f(f"fk_attachments_{table}_id"),
                initially="DEFERRED",
                deferrable=True,
            )
            for table in ("conversation", "message")
        ),
    )
    op.create_index("ix_attachments_conversation", "attachments", ["conversation_id"])
    op.create_index("ix_attachments_message", "attachments", ["message_id"])
    unused = sa.text("message_id IS NULL")
    op.create_index(
        "ix_attachments_unused",
        "attachments",
        ["created_at"],
        sqlite_where=unused,
        postgresql_where=unused,
    )
    for name in EXTRAS:
        op.add_column("messages", sa.Column(name, sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Goes back to the version before; the files themselves stay where they are."""
    for name in reversed(EXTRAS):
        op.drop_column("messages", name)
    op.drop_table("attachments")
