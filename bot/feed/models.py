"""The feed's rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import ROW_NUMBER, Base, UtcDateTime, refers_to


class FeedEntry(Base):
    """Something that happened, written in the transaction that did it; never message text."""

    __tablename__ = "feed_entries"
    __table_args__ = (Index("ix_feed_entries_at", "at"),)

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(60))
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    desk: Mapped[str] = mapped_column(String(50))
    status: Mapped[str] = mapped_column(String(12))
    epoch: Mapped[int] = mapped_column(Integer)
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_name: Mapped[str | None] = mapped_column(String(200))
    # `Any`: ids, numbers and reasons.
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
