"""what is asked before the chat, and the consent to it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this version."""
    op.create_table(
        "intakes",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("thread", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=12), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("consent_text", sa.String(length=4000), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "thread", name=op.f("pk_intakes")),
    )


def downgrade() -> None:
    """Goes back to the version before."""
    op.drop_table("intakes")
