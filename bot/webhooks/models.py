"""Who is told, and every telling."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import ROW_NUMBER, Base, UtcDateTime, refers_to


class Webhook(Base):
    """An address that wants to know."""

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=lambda: str(uuid4()))
    url: Mapped[str] = mapped_column(String(2000))
    # Signs what is sent, so it is kept as it is: whoever reads the database reads it.
    secret: Mapped[str] = mapped_column(String(100))
    kinds: Mapped[list[str]] = mapped_column(JSON)  # of bot.feed.kinds; empty: all
    desks: Mapped[list[str]] = mapped_column(JSON)
    made_by: Mapped[str] = mapped_column(refers_to("agents.id"))
    # The number of the last feed entry that was looked at for this one.
    cursor: Mapped[int] = mapped_column(ROW_NUMBER, default=0)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_because: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class WebhookDelivery(Base):
    """One entry on its way to one address: waiting → delivered | dead."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_webhook", "webhook_id", "id"),
        Index("ix_webhook_deliveries_finished", "finished_at"),
        Index(
            "ix_webhook_deliveries_due",
            "due_at",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    webhook_id: Mapped[str] = mapped_column(refers_to("webhooks.id"))
    kind: Mapped[str] = mapped_column(String(60))
    # `Any`: the feed's entry as JSON; never message text, which is read when it is sent.
    entry: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(12), default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    # When it is tried; while a process tries it, when that process has had its time.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    http_status: Mapped[int | None] = mapped_column(Integer)
    problem: Mapped[str | None] = mapped_column(String(300))
    took_ms: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
