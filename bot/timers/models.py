"""Timers: what has to happen at a time, whoever lives then."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import Base, UtcDateTime, refers_to


class Timer(Base):
    """Something to do at `due_at`. The row is gone once it is done, in the same transaction."""

    __tablename__ = "timers"
    __table_args__ = (
        Index("ix_timers_due", "due_at"),
        Index("ix_timers_conversation", "conversation_id"),
    )

    # Kind and conversation: a conversation has one timer of a kind.
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    # None: the whole desk's, such as the check of every minute (`repository.take_turn`).
    conversation_id: Mapped[str | None] = mapped_column(refers_to("conversations.id"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # `Any`: what the check of every minute found, for `/readyz`.
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    problem: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
