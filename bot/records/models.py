"""What agents keep with a conversation and its customer. No channel ever reads these tables."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import ROW_NUMBER, Base, UtcDateTime, refers_to

MENTION, QUESTION = "mention", "question"


class AgentFact(Base):
    """A fact as an agent says it is; the newest of a name holds until the bot learns another."""

    __tablename__ = "agent_facts"
    __table_args__ = (Index("ix_agent_facts_conversation", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    name: Mapped[str] = mapped_column(String(100))
    value: Mapped[str] = mapped_column(String(300))
    before: Mapped[str | None] = mapped_column(String(300))  # None: nobody knew it
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    agent_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Mention(Base):
    """A note that names a colleague; a question is one that waits for that colleague's answer."""

    __tablename__ = "mentions"
    __table_args__ = (
        UniqueConstraint("note_id", "agent_id"),
        CheckConstraint("kind IN ('mention', 'question')", name="known_kind"),
        Index("ix_mentions_agent", "agent_id", "at"),
        Index("ix_mentions_conversation", "conversation_id"),
        Index(
            "ix_mentions_unseen",
            "agent_id",
            sqlite_where=text("seen_at IS NULL"),
            postgresql_where=text("seen_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    note_id: Mapped[str] = mapped_column(refers_to("notes.id"))
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))  # who is meant
    by_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    by_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10), default=MENTION)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of a question
    answer_id: Mapped[str | None] = mapped_column(refers_to("notes.id"))


class Label(Base):
    """What a desk calls a kind of conversation. Its colour never says it alone."""

    __tablename__ = "labels"
    __table_args__ = (UniqueConstraint("desk", "key"),)

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    desk: Mapped[str] = mapped_column(String(50))
    key: Mapped[str] = mapped_column(String(40))  # the name, folded: no two differ by case alone
    name: Mapped[str] = mapped_column(String(40))
    colour: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # offered no more


class ConversationLabel(Base):
    """A label on a conversation, and who put it there."""

    __tablename__ = "conversation_labels"
    __table_args__ = (Index("ix_conversation_labels_label", "label_id"),)

    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"), primary_key=True)
    label_id: Mapped[int] = mapped_column(ROW_NUMBER, refers_to("labels.id"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    agent_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class FieldValue(Base):
    """The value of a desk's own field (desks.toml), as its type's text, and who set it."""

    __tablename__ = "field_values"

    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(500))
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    agent_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class HandoffRating(Base):
    """Whether one handoff told one agent enough. A second opinion of the same agent changes it."""

    __tablename__ = "handoff_ratings"
    __table_args__ = (UniqueConstraint("handoff_id", "agent_id"),)

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    handoff_id: Mapped[int] = mapped_column(ROW_NUMBER, refers_to("events.id"))
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    enough: Mapped[bool] = mapped_column()
    missing: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Brief(Base):
    """What an agent told the bot when giving a conversation back; it holds for that epoch."""

    __tablename__ = "briefs"
    __table_args__ = (UniqueConstraint("conversation_id", "epoch"),)

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    epoch: Mapped[int] = mapped_column(Integer)
    summary: Mapped[str] = mapped_column(Text)
    # `Any`: facts as the bot's own slots, by name.
    known: Mapped[dict[str, Any]] = mapped_column(JSON)
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    agent_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Block(Base):
    """A customer whose messages are refused, by whom and why; lifted, it stays as a record."""

    __tablename__ = "blocks"
    __table_args__ = (
        Index(
            "uq_blocks_one_at_a_time",
            "customer_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    customer_id: Mapped[str] = mapped_column(refers_to("customers.id"))
    reason: Mapped[str] = mapped_column(String(500))
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    agent_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str | None] = mapped_column(String(200))


class Merge(Base):
    """A duplicate that was closed in favour of its main conversation; messages stay in place."""

    __tablename__ = "merges"
    __table_args__ = (Index("ix_merges_main", "main_id"),)

    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"), primary_key=True)
    main_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    agent_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
