"""What customers put right on their handoff receipt."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import ROW_NUMBER, Base, UtcDateTime, refers_to


class Correction(Base):
    """A fact as the customer says it is; the newest of a name holds."""

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_conversation", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    name: Mapped[str] = mapped_column(String(100))
    value: Mapped[str] = mapped_column(String(300))
    before: Mapped[str] = mapped_column(String(300))  # what the bot had understood
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
