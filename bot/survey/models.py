"""What customers said when a conversation was over."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import Base, UtcDateTime, refers_to


class Survey(Base):
    """One answer for each conversation: a second one is never taken."""

    __tablename__ = "surveys"
    __table_args__ = (
        CheckConstraint("bot_score BETWEEN 1 AND 5", name="bot_score_in_range"),
        CheckConstraint("human_score BETWEEN 1 AND 5", name="human_score_in_range"),
        CheckConstraint(
            "bot_score IS NOT NULL OR human_score IS NOT NULL", name="somebody_is_rated"
        ),
    )

    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"), primary_key=True)
    bot_score: Mapped[int | None] = mapped_column(Integer)
    human_score: Mapped[int | None] = mapped_column(Integer)
    comment: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(5))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
