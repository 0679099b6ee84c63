"""Customers, conversations and what is said in them.

A note is a table of its own: no query that feeds a channel can reach one. `messages` is what
the customer may see; its `seq` runs 1, 2, 3 … in each conversation without a gap.
"""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Enum,
    Float,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.conversations.state import Status
from bot.db import ROW_NUMBER, Base, UtcDateTime, refers_to
from bot.search.models import Findable, Searchable

STATUS = Enum(
    Status, native_enum=False, length=12, values_callable=lambda kinds: [k.value for k in kinds]
)


# By what the inbox's list of such conversations is sorted.
SORTED_BY = {
    "bot": "last_customer_at",
    "queued": "queued_at",
    "with_agent": "last_customer_at",
    "snoozed": "due_at",
    "closed": "closed_at",
}


def new_id() -> str:
    """A fresh UUID as text."""
    return str(uuid4())


def digits(phone: str | None) -> str:
    """A number as it is dialled inside its country, so that spaces and +48 make no difference."""
    return "".join(sign for sign in phone or "" if sign.isdigit())[-9:]


class Customer(Searchable, Base):
    """Whoever asks, as one channel knows them."""

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_customers_email", "email"),
        Index("ix_customers_phone", "phone"),
        Index(
            "ix_customers_kept",
            "kept_id",
            sqlite_where=text("kept_id IS NOT NULL"),
            postgresql_where=text("kept_id IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5))
    # An anonymous visitor who turned out to be this customer (bot/identity/): their key is used up.
    joined_id: Mapped[str | None] = mapped_column(String(36))
    # Under which other one agents see this customer (bot/merged/); no channel asks.
    kept_id: Mapped[str | None] = mapped_column(String(36))
    # Nothing that they write opens a conversation (bot/handling/blocking.py).
    blocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    def findable(self) -> Findable:
        """By name, address and number; the number also as it is dialled."""
        parts = (self.name, self.email, self.phone, digits(self.phone))
        return Findable("customer_id", " ".join(part for part in parts if part))


class Conversation(Base):
    """One customer, one channel, one thread of messages."""

    __tablename__ = "conversations"
    __table_args__ = (
        CheckConstraint(
            "(status IN ('with_agent', 'snoozed')) = (agent_id IS NOT NULL)",
            name="agent_owns_or_not",
        ),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
        Index(
            "uq_conversations_one_open_per_thread",
            "channel",
            "thread",
            unique=True,
            sqlite_where=text("status != 'closed'"),
            postgresql_where=text("status != 'closed'"),
        ),
        Index("ix_conversations_thread_created", "channel", "thread", "created_at"),
        Index("ix_conversations_status_desk", "status", "desk", "queued_at"),
        Index("ix_conversations_customer", "customer_id", "created_at"),
        Index("ix_conversations_created", "created_at", "id"),
        Index("ix_conversations_agent", "agent_id", "status"),
        # The inbox's lists: of each desk, in the list's order.
        *(
            Index(
                f"ix_conversations_list_{status}",
                "desk",
                column,
                "id",
                sqlite_where=text(f"status = '{status}'"),
                postgresql_where=text(f"status = '{status}'"),
            )
            for status, column in SORTED_BY.items()
        ),
        Index("ix_conversations_latest", "desk", "last_customer_at", "id"),
        # When something came into a desk's queue last.
        Index(
            "ix_conversations_arrived",
            "desk",
            "span_since",
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
        # The check of every minute (bot/upkeep/) asks of all desks.
        Index(
            "ix_conversations_bots",
            "status",
            "last_customer_at",
            sqlite_where=text("status = 'bot'"),
            postgresql_where=text("status = 'bot'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    customer_id: Mapped[str] = mapped_column(refers_to("customers.id"))
    channel: Mapped[str] = mapped_column(String(20))
    thread: Mapped[str] = mapped_column(String(200))
    desk: Mapped[str] = mapped_column(String(50))
    language: Mapped[str] = mapped_column(String(5))
    status: Mapped[Status] = mapped_column(STATUS, default=Status.BOT)
    epoch: Mapped[int] = mapped_column(Integer, default=1)
    agent_id: Mapped[str | None] = mapped_column(refers_to("agents.id"))
    agent_name: Mapped[str | None] = mapped_column(String(200))
    agent_picture: Mapped[str | None] = mapped_column(String(40))  # see accounts/pictures.py
    # When and how (`Trigger`) it last came to its agent without their doing; None: they took it.
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_as: Mapped[str | None] = mapped_column(String(10))
    given_unseen: Mapped[bool] = mapped_column(default=False, server_default=false())
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    seen_seq: Mapped[int] = mapped_column(Integer, default=0)
    # How far an agent has read, or the bot has answered; `seen_seq` is how far the customer has.
    read_seq: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    # How the bot gets on (bot/routing/policy.py): what it could not make out, in a row; the last
    # question that it asked back, and its best guess then; how often the customer was upset, and
    # asked in a row to hear it again.
    misses: Mapped[int] = mapped_column(Integer, default=0)
    last_fallback: Mapped[str | None] = mapped_column(String(20))
    offered_intent: Mapped[str | None] = mapped_column(String(100))
    upsets: Mapped[int] = mapped_column(Integer, default=0)
    repeats: Mapped[int] = mapped_column(Integer, default=0)
    # `Any`: the dialogue state is the engine's own, opaque to us.
    dialogue_state: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    dialogue_fresh: Mapped[bool] = mapped_column(default=False)
    context: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    handoff_reason: Mapped[str | None] = mapped_column(String(40))
    # `Any`: whatever an action found worth telling the agent.
    handoff_details: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    # 0: not asked, 1: asked for an e-mail address or phone number, 2: reminded once
    contact_asks: Mapped[int] = mapped_column(Integer, default=0)
    # Since when its customer waits for a person, as the queue sees it (waits.py).
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # `bot.priority.Priority`
    priority: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    # On whom it waits, and since when: `bot.conversations.spans.SpanKind`.
    span: Mapped[str | None] = mapped_column(String(10))
    span_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Until when an agent should answer, and it should be over (bot/targets/); None: no such target.
    reply_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolve_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_reply_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # In a queue: until when a human should have it; snoozed: when it wakes; else None.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_customer_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # `bot.conversations.state.Closing`; None while it is open, and of old ones.
    closed_as: Mapped[str | None] = mapped_column(String(20))


class Message(Searchable, Base):
    """What the customer sees: their own words, the bot's, an agent's, or the desk's."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("channel", "external_id"),
        CheckConstraint(
            "(author_kind = 'agent') = (agent_id IS NOT NULL)", name="agent_wrote_or_not"
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    seq: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str | None] = mapped_column(String(300))
    author_kind: Mapped[str] = mapped_column(String(10))
    author_name: Mapped[str | None] = mapped_column(String(200))
    author_picture: Mapped[str | None] = mapped_column(String(40))
    agent_id: Mapped[str | None] = mapped_column(refers_to("agents.id"))
    text: Mapped[str] = mapped_column(Text)
    buttons: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    image: Mapped[str | None] = mapped_column(String(2000))
    # `Any`: what bot/conversations/outward.py makes of attachments and cards; most have none.
    attachments: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    cards: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    # Its customer changed it, or took it back (then nothing is left of what it said).
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What it said before, oldest first: `text`, and `until` when (ISO 8601).
    earlier: Mapped[list[dict[str, str]] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    def findable(self) -> Findable:
        """By its words and the names of its files."""
        files = (str(file["name"]) for file in self.attachments or ())
        return Findable("message_id", " ".join((self.text, *files)), self.conversation_id)


class Note(Searchable, Base):
    """What agents tell each other; never a message, never sent anywhere."""

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_conversation", "conversation_id", "created_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    author_name: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    def findable(self) -> Findable:
        """By its words."""
        return Findable("note_id", self.text, self.conversation_id)


class Event(Base):
    """What happened to a conversation: the timeline, and the audit log."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_conversation", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    kind: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(12))
    epoch: Mapped[int] = mapped_column(Integer)
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_name: Mapped[str | None] = mapped_column(String(200))
    # `Any`: ids and reasons of the event; never message text.
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Span(Base):
    """On whom a conversation waited (bot/conversations/spans.py); no end: it still runs."""

    __tablename__ = "spans"
    __table_args__ = (
        CheckConstraint("ended_at >= began_at", name="ends_after_it_begins"),
        Index("ix_spans_conversation", "conversation_id", "id"),
        Index(
            "uq_spans_one_runs",
            "conversation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    kind: Mapped[str] = mapped_column(String(10))
    desk: Mapped[str] = mapped_column(String(50))
    agent_id: Mapped[str | None] = mapped_column(refers_to("agents.id"))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Turn(Base):
    """One customer message, and what the bot made of it."""

    __tablename__ = "turns"
    __table_args__ = (
        Index("ix_turns_conversation", "conversation_id", "id"),
        Index("ix_turns_intent", "intent", "id"),
        Index(
            "ix_turns_open",
            "conversation_id",
            "id",
            sqlite_where=text("status IN ('waiting', 'asking')"),
            postgresql_where=text("status IN ('waiting', 'asking')"),
        ),
    )

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    message_id: Mapped[str] = mapped_column(refers_to("messages.id"), unique=True)
    message_seq: Mapped[int] = mapped_column(Integer)
    payload: Mapped[str | None] = mapped_column(Text)
    # waiting → asking → answered | handed_off | dropped (the owner changed meanwhile)
    status: Mapped[str] = mapped_column(String(12))
    epoch: Mapped[int] = mapped_column(Integer)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    intent: Mapped[str | None] = mapped_column(String(100))
    confidence: Mapped[float | None] = mapped_column(Float)
    answered: Mapped[str | None] = mapped_column(String(100))  # the response that answered it
    # `Any`: the engine's ranking, entities and slots, kept as it gave them.
    ranking: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    entities: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    slots: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    model_id: Mapped[str | None] = mapped_column(String(100))
    took_ms: Mapped[float | None] = mapped_column(Float)
    problem: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
