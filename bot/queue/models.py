"""How long customers waited in a queue: what the expected wait is measured from."""

from datetime import datetime

from sqlalchemy import Float, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import ROW_NUMBER, Base, UtcDateTime, refers_to


class QueueWait(Base):
    """A customer whom an agent took from a desk's queue."""

    __tablename__ = "queue_waits"
    __table_args__ = (Index("ix_queue_waits_desk", "desk", "taken_at"),)

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    desk: Mapped[str] = mapped_column(String(50))
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    open_seconds: Mapped[float] = mapped_column(Float)  # of the wait, while the desk was open
