"""Filters that agents keep."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import ROW_NUMBER, Base, UtcDateTime, refers_to


class SavedFilter(Base):
    """One agent's, or a desk's when it names one. Kept as it was written, even if unreadable."""

    __tablename__ = "saved_filters"
    __table_args__ = (
        Index("ix_saved_filters_agent", "agent_id"),
        Index("ix_saved_filters_desk", "desk"),
    )

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(60))
    expression: Mapped[str] = mapped_column(String(400))
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    agent_name: Mapped[str] = mapped_column(String(200))
    desk: Mapped[str | None] = mapped_column(String(50))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
