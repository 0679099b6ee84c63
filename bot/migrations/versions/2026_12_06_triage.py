"""which message elsewhere is whose card, and which one became a note."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OPEN = sa.text("status != 'closed'")


def upgrade() -> None:
    """Applies this version."""
    op.create_table(
        "triage_cards",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("message", sa.String(length=100), nullable=True),
        sa.Column("shown", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("holder", sa.String(length=36), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_triage_cards_conversation_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_triage_cards")),
    )
    op.create_index("ix_triage_cards_message", "triage_cards", ["place", "message"])
    op.create_index(
        "ix_triage_cards_open",
        "triage_cards",
        ["conversation_id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "note_sources",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("note_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["notes.id"],
            name=op.f("fk_note_sources_note_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_note_sources")),
        sa.UniqueConstraint("note_id", name=op.f("uq_note_sources_note_id")),
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("note_sources")
    op.drop_index("ix_triage_cards_open", "triage_cards")
    op.drop_index("ix_triage_cards_message", "triage_cards")
    op.drop_table("triage_cards")
