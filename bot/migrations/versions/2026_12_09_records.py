"""what agents keep with a conversation: facts, labels, fields, mentions, ratings and the like."""

import sqlalchemy as sa
from alembic import op

revision = "handling_1"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies this version."""
    op.add_column("customers", sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True))
    _facts_and_mentions()
    _labels_and_fields()
    _ratings_and_briefs()
    _blocks_and_merges()


def downgrade() -> None:
    """Goes back to the version before."""
    for table in ("merges", "blocks", "briefs", "handoff_ratings", "field_values"):
        op.drop_table(table)
    for table in ("conversation_labels", "labels", "mentions", "agent_facts"):
        op.drop_table(table)
    op.drop_column("customers", "blocked_at")


def _facts_and_mentions() -> None:
    op.create_table(
        "agent_facts",
        _row_number(),
        _conversation(),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.Column("before", sa.String(length=300), nullable=True),
        *_by_agent(),
        _refers("agent_facts", "conversation_id", "conversations.id"),
        _refers("agent_facts", "agent_id", "agents.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_facts")),
    )
    op.create_index("ix_agent_facts_conversation", "agent_facts", ["conversation_id", "id"])
    op.create_table(
        "mentions",
        _row_number(),
        _uuid("note_id"),
        _conversation(),
        _uuid("agent_id"),
        _uuid("by_id"),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        _moment("at"),
        _moment("seen_at", nullable=True),
        _moment("answered_at", nullable=True),
        _uuid("answer_id", nullable=True),
        sa.CheckConstraint("kind IN ('mention', 'question')", name=op.f("ck_mentions_known_kind")),
        _refers("mentions", "note_id", "notes.id"),
        _refers("mentions", "conversation_id", "conversations.id"),
        _refers("mentions", "agent_id", "agents.id"),
        _refers("mentions", "by_id", "agents.id"),
        _refers("mentions", "answer_id", "notes.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
        sa.UniqueConstraint("note_id", "agent_id", name=op.f("uq_mentions_note_id_agent_id")),
    )
    op.create_index("ix_mentions_agent", "mentions", ["agent_id", "at"])
    op.create_index("ix_mentions_conversation", "mentions", ["conversation_id"])


def _labels_and_fields() -> None:
    op.create_table(
        "labels",
        _row_number(),
        sa.Column("desk", sa.String(length=50), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("colour", sa.String(length=10), nullable=False),
        _moment("at"),
        _moment("retired_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
        sa.UniqueConstraint("desk", "key", name=op.f("uq_labels_desk_key")),
    )
    op.create_table(
        "conversation_labels",
        _conversation(),
        sa.Column("label_id", _number(), nullable=False),
        *_by_agent(),
        _refers("conversation_labels", "conversation_id", "conversations.id"),
        _refers("conversation_labels", "label_id", "labels.id"),
        _refers("conversation_labels", "agent_id", "agents.id"),
        sa.PrimaryKeyConstraint("conversation_id", "label_id", name=op.f("pk_conversation_labels")),
    )
    op.create_index("ix_conversation_labels_label", "conversation_labels", ["label_id"])
    op.create_table(
        "field_values",
        _conversation(),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        *_by_agent(),
        _refers("field_values", "conversation_id", "conversations.id"),
        _refers("field_values", "agent_id", "agents.id"),
        sa.PrimaryKeyConstraint("conversation_id", "key", name=op.f("pk_field_values")),
    )


def _ratings_and_briefs() -> None:
    op.create_table(
        "handoff_ratings",
        _row_number(),
        sa.Column("handoff_id", _number(), nullable=False),
        _conversation(),
        _uuid("agent_id"),
        sa.Column("enough", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.String(length=500), nullable=True),
        _moment("at"),
        _refers("handoff_ratings", "handoff_id", "events.id"),
        _refers("handoff_ratings", "conversation_id", "conversations.id"),
        _refers("handoff_ratings", "agent_id", "agents.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_ratings")),
        sa.UniqueConstraint(
            "handoff_id", "agent_id", name=op.f("uq_handoff_ratings_handoff_id_agent_id")
        ),
    )
    op.create_table(
        "briefs",
        _row_number(),
        _conversation(),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("known", sa.JSON(), nullable=False),
        *_by_agent(),
        _refers("briefs", "conversation_id", "conversations.id"),
        _refers("briefs", "agent_id", "agents.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefs")),
        sa.UniqueConstraint(
            "conversation_id", "epoch", name=op.f("uq_briefs_conversation_id_epoch")
        ),
    )


def _blocks_and_merges() -> None:
    op.create_table(
        "blocks",
        _row_number(),
        _uuid("customer_id"),
        sa.Column("reason", sa.String(length=500), nullable=False),
        *_by_agent(),
        _moment("lifted_at", nullable=True),
        sa.Column("lifted_by", sa.String(length=200), nullable=True),
        _refers("blocks", "customer_id", "customers.id"),
        _refers("blocks", "agent_id", "agents.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
    )
    op.create_index(
        "uq_blocks_one_at_a_time",
        "blocks",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "merges",
        _conversation(),
        _uuid("main_id"),
        *_by_agent(),
        _refers("merges", "conversation_id", "conversations.id"),
        _refers("merges", "main_id", "conversations.id"),
        _refers("merges", "agent_id", "agents.id"),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_merges")),
    )
    op.create_index("ix_merges_main", "merges", ["main_id"])


def _number() -> "sa.types.TypeEngine[int]":
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _row_number() -> "sa.Column[int]":
    return sa.Column("id", _number(), autoincrement=True, nullable=False)


def _uuid(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length=36), nullable=nullable)


def _conversation() -> "sa.Column[str]":
    return _uuid("conversation_id")


# What alembic itself writes for a moment; its type is of no interest here.
def _moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _by_agent() -> "tuple[sa.Column[str], sa.Column[str], sa.Column[object]]":
    return (
        _uuid("agent_id"),
        sa.Column("agent_name", sa.String(length=200), nullable=False),
        _moment("at"),
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [to],
        name=op.f(f"fk_{table}_{column}"),
        initially="DEFERRED",
        deferrable=True,
    )
