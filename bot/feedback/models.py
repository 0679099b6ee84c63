"""What customers say about the bot's answers."""

from datetime import datetime

from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import ROW_NUMBER, Base, UtcDateTime, refers_to


class Feedback(Base):
    """Whether one answer helped. A second press changes the row: it is an opinion, not a count."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"),)

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    seq: Mapped[int] = mapped_column(Integer)  # of the customer's question
    answer: Mapped[str] = mapped_column(String(100))  # the response that answered it
    intent: Mapped[str | None] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(String(5))
    helpful: Mapped[bool] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
