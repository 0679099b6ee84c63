"""Which message elsewhere stands for a conversation, and which one became a note."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import Base, UtcDateTime, refers_to


class TriageCardRow(Base):
    """The card of a conversation: one, in one place, written by one process at a time."""

    __tablename__ = "triage_cards"
    __table_args__ = (
        Index("ix_triage_cards_message", "place", "message"),
        Index(
            "ix_triage_cards_open",
            "conversation_id",
            sqlite_where=text("status != 'closed'"),
            postgresql_where=text("status != 'closed'"),
        ),
    )

    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(100))
    message: Mapped[str | None] = mapped_column(String(100))
    shown: Mapped[str] = mapped_column(String(64), default="")
    # How far it tells, and of which state: compared for being the same, so no clock decides whether
    # there is anything to do.
    seq: Mapped[int] = mapped_column(Integer, default=0)
    notes: Mapped[int] = mapped_column(Integer, default=0)
    as_of: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(12), default="")
    # The process that works on it, and until when another one keeps off.
    holder: Mapped[str | None] = mapped_column(String(36))
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class NoteSource(Base):
    """Where a note was written, when not in the inbox; a message becomes one note, once."""

    __tablename__ = "note_sources"

    source: Mapped[str] = mapped_column(String(200), primary_key=True)
    note_id: Mapped[str] = mapped_column(refers_to("notes.id"), unique=True)
