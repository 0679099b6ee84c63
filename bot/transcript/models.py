"""Transcripts on their way by e-mail."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.conversations.models import new_id
from bot.db import Base, UtcDateTime, refers_to


class TranscriptMail(Base):
    """A copy that a customer asked for. The address goes as soon as it is not needed any more."""

    __tablename__ = "transcript_mails"
    __table_args__ = (
        Index("ix_transcript_mails_customer", "customer_id", "created_at"),
        Index("ix_transcript_mails_digest", "digest", "created_at"),
        Index("ix_transcript_mails_created", "created_at"),
        Index(
            "ix_transcript_mails_waiting",
            "due_at",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    # The channel's own key of the wish: asking twice has no effect.
    key: Mapped[str] = mapped_column(String(300), unique=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    customer_id: Mapped[str] = mapped_column(refers_to("customers.id"))
    recipient: Mapped[str | None] = mapped_column(String(254))
    digest: Mapped[str] = mapped_column(String(64))  # of the address, to count by
    language: Mapped[str] = mapped_column(String(5))
    zone: Mapped[str] = mapped_column(String(64))
    last_seq: Mapped[int] = mapped_column(Integer)  # the copy ends here, whenever it is sent
    # waiting → sent | dead
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    # While it is being sent: until when no other process takes it over.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    problem: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
