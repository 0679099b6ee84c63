"""lists that begin in the middle of an index, the search's index, and kept filters."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import TSVECTOR

from bot.migrations.search import fill

revision = "finding_1"
down_revision = "people_2"
branch_labels = None
depends_on = None

# name, status, what the list is sorted by
LISTS = (
    ("ix_conversations_list_bot", "bot", "last_customer_at"),
    ("ix_conversations_list_queued", "queued", "queued_at"),
    ("ix_conversations_list_with_agent", "with_agent", "last_customer_at"),
    ("ix_conversations_list_snoozed", "snoozed", "due_at"),
    ("ix_conversations_list_closed", "closed", "closed_at"),
)
OLD = (
    ("ix_conversations_bots", ["status", "last_customer_at"], "bot"),
    ("ix_conversations_closed", ["closed_at"], "closed"),
)
SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE search_words USING fts5(words, content='search_entries', "
    "content_rowid='id', detail='none', tokenize=\"unicode61 remove_diacritics 0 tokenchars '~'\")",
    "CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN "
    "INSERT INTO search_words (rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER search_entries_removed AFTER DELETE ON search_entries BEGIN "
    "INSERT INTO search_words (search_words, rowid, words) "
    "VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER search_entries_changed AFTER UPDATE ON search_entries BEGIN "
    "INSERT INTO search_words (search_words, rowid, words) "
    "VALUES ('delete', old.id, old.words); "
    "INSERT INTO search_words (rowid, words) VALUES (new.id, new.words); END",
)


def upgrade() -> None:
    """Applies this version; what is there already is put into the index, with its progress told."""
    is_sqlite = context.get_context().dialect.name == "sqlite"
    for name, _, _ in OLD:
        op.drop_index(name, "conversations")
    for name, status, column in LISTS:
        _partial(name, ["desk", column, "id"], status)
    op.create_index("ix_conversations_latest", "conversations", ["desk", "last_customer_at", "id"])
    op.create_table(
        "saved_filters",
        _row_number(),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("expression", sa.String(length=400), nullable=False),
        _uuid("agent_id", nullable=False),
        sa.Column("agent_name", sa.String(length=200), nullable=False),
        sa.Column("desk", sa.String(length=50), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _refers("saved_filters", "agent_id", "agents.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
    )
    op.create_index("ix_saved_filters_agent", "saved_filters", ["agent_id"])
    op.create_index("ix_saved_filters_desk", "saved_filters", ["desk"])
    op.create_table(
        "search_entries",
        _row_number(),
        _uuid("message_id"),
        _uuid("note_id"),
        _uuid("customer_id"),
        _uuid("conversation_id"),
        sa.Column("words", _words(), nullable=False),
        _refers("search_entries", "message_id", "messages.id", ondelete="CASCADE"),
        _refers("search_entries", "note_id", "notes.id", ondelete="CASCADE"),
        _refers("search_entries", "customer_id", "customers.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_search_entries_message_id")),
        sa.UniqueConstraint("note_id", name=op.f("uq_search_entries_note_id")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_search_entries_customer_id")),
    )
    if is_sqlite:
        for statement in SQLITE_INDEX:
            op.execute(statement)
    if not is_sqlite:
        # Each key is checked with its row: PostgreSQL makes no index while checks are due.
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    fill(op.get_bind())
    if not is_sqlite:
        # After the rows: one build is far quicker than as many changes.
        op.create_index(
            "ix_search_entries_words", "search_entries", ["words"], postgresql_using="gin"
        )


def downgrade() -> None:
    """Goes back to the version before."""
    if context.get_context().dialect.name == "sqlite":
        op.execute("DROP TABLE search_words")
    op.drop_table("search_entries")
    op.drop_table("saved_filters")
    op.drop_index("ix_conversations_latest", "conversations")
    for name, _, _ in LISTS:
        op.drop_index(name, "conversations")
    for name, columns, status in OLD:
        _partial(name, columns, status)


def _partial(name: str, columns: list[str], status: str) -> None:
    where = sa.text(f"status = '{status}'")
    op.create_index(name, "conversations", columns, sqlite_where=where, postgresql_where=where)


def _words() -> "sa.types.TypeEngine[str]":
    return sa.Text().with_variant(TSVECTOR(), "postgresql")


def _row_number() -> "sa.Column[int]":
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, autoincrement=True, nullable=False)


def _uuid(name: str, *, nullable: bool = True) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length=36), nullable=nullable)


def _refers(
    table: str, column: str, to: str, *, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [to],
        name=op.f(f"fk_{table}_{column}"),
        initially="DEFERRED",
        deferrable=True,
        ondelete=ondelete,
    )
