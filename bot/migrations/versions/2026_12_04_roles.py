"""what an agent may do, is good at, and speaks."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

EVERY_LANGUAGE = '["en", "pl"]'
# Somebody has to be able to give roles: the account that `firstline up` made, and the oldest one.
# Without this, an upgraded desk would have nobody who could.
MAKE_ADMINS = """
UPDATE agents SET role = 'admin'
WHERE disabled_at IS NULL
  AND (email = 'agent@example.com'
       OR created_at = (SELECT min(created_at) FROM agents WHERE disabled_at IS NULL))
"""


def upgrade() -> None:
    """Applies this version."""
    # The defaults are for processes of the version before, which go on during an upgrade: whom
    # they add may do what every agent may, and answers in every language, as until now.
    op.add_column(
        "agents", sa.Column("role", sa.String(length=10), nullable=False, server_default="agent")
    )
    op.add_column("agents", sa.Column("skills", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(
        "agents", sa.Column("languages", sa.JSON(), nullable=False, server_default=EVERY_LANGUAGE)
    )
    op.execute(MAKE_ADMINS)


def downgrade() -> None:
    """Goes back to the version before."""
    for column in ("languages", "skills", "role"):
        op.drop_column("agents", column)
