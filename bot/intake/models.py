"""What a visitor answered before the chat, and agreed to."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import Base, UtcDateTime


class Intake(Base):
    """The newest form of a thread. The thread may have no conversation yet."""

    __tablename__ = "intakes"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    thread: Mapped[str] = mapped_column(String(200), primary_key=True)
    version: Mapped[str] = mapped_column(String(12))  # of what was asked
    # `Any`: `bot.intake.form.Answer` as JSON.
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    consent_text: Mapped[str | None] = mapped_column(Text)
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
