"""What has to leave, and every try to make it leave."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import ROW_NUMBER, Base, UtcDateTime, refers_to


class Delivery(Base):
    """A message on its way to its customer."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "ix_deliveries_open",
            "due_at",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_deliveries_conversation", "conversation_id", "seq"),
        Index(
            "ix_deliveries_waiting",
            "conversation_id",
            "seq",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index(
            "ix_deliveries_dead",
            "conversation_id",
            sqlite_where=text("status = 'dead'"),
            postgresql_where=text("status = 'dead'"),
        ),
    )

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    message_id: Mapped[str] = mapped_column(refers_to("messages.id"), unique=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    seq: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(String(20))
    # waiting → delivered | dead (a person must look at it, and may let it wait again)
    #   | dropped (its customer is forgotten)
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    # The process that delivers it, and moves the time at which another may take over.
    holder: Mapped[str | None] = mapped_column(String(36))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # No try before this, whichever process makes it: the channel said so, or it is our own pause.
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(String(300))
    problem_kind: Mapped[str | None] = mapped_column(String(12))  # `bot.channel.Problem`
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeliveryAttempt(Base):
    """One try to deliver, and how it went."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (Index("ix_delivery_attempts_delivery", "delivery_id"),)

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    delivery_id: Mapped[int] = mapped_column(refers_to("deliveries.id"))
    outcome: Mapped[str] = mapped_column(String(12))  # delivered | retry | dead
    problem: Mapped[str | None] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
