"""Tables of what agents are writing."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.conversations.models import new_id
from bot.db import Base, UtcDateTime, refers_to


class Draft(Base):
    """What an agent has typed in a conversation and not sent; theirs alone."""

    __tablename__ = "drafts"

    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)  # reply | note
    text: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[str]] = mapped_column(JSON, default=list)  # ids of own uploads
    version: Mapped[str] = mapped_column(String(36))  # another one at each change
    # The last message when it was begun; None: not known.
    started_seq: Mapped[int | None] = mapped_column(Integer)
    # The code of the refusal when it was held to be sent, and was not.
    problem: Mapped[str | None] = mapped_column(String(40))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class HeldReply(Base):
    """A reply on its way out that its agent may still take back: a conversation has one at most."""

    __tablename__ = "held_replies"
    __table_args__ = (Index("ix_held_replies_agent", "agent_id"),)

    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    id: Mapped[str] = mapped_column(String(36), default=new_id)
    text: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[str]] = mapped_column(JSON, default=list)
    epoch: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(String(64))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WritingChoice(Base):
    """How an agent likes to write."""

    __tablename__ = "writing_choices"

    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"), primary_key=True)
    undo_seconds: Mapped[int] = mapped_column(Integer)


class SavedReply(Base):
    """A reply that is written once and used often; with actions it is a macro."""

    __tablename__ = "saved_replies"
    __table_args__ = (Index("uq_saved_replies_shortcut", "desk", "shortcut", unique=True),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    desk: Mapped[str] = mapped_column(String(50))
    shortcut: Mapped[str] = mapped_column(String(40))
    # By language; at least one of them has words, or there are actions.
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    text: Mapped[dict[str, str]] = mapped_column(JSON)
    # `Any`: the arguments of `bot/writing/macro.py`, each checked there.
    actions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    updated_by: Mapped[str] = mapped_column(String(200))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Viewer(Base):
    """An agent who has the conversation on the screen: said again as long as it is so."""

    __tablename__ = "viewers"
    __table_args__ = (Index("ix_viewers_agent", "agent_id"),)

    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    typing_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
