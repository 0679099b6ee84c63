"""what a visitor agreed to may be as long as the desk wants."""

import sqlalchemy as sa
from alembic import op

revision = "long_consent_1"
down_revision = "arrived_1"
branch_labels = None
depends_on = None

SHORT, LONG = sa.String(length=4000), sa.Text()


def upgrade() -> None:
    """Applies this version."""
    with op.batch_alter_table("intakes") as table:
        table.alter_column("consent_text", existing_type=SHORT, type_=LONG, existing_nullable=True)


def downgrade() -> None:
    """Goes back to the version before; of a longer text the beginning is left."""
    op.execute("UPDATE intakes SET consent_text = substr(consent_text, 1, 4000)")
    with op.batch_alter_table("intakes") as table:
        table.alter_column("consent_text", existing_type=LONG, type_=SHORT, existing_nullable=True)
