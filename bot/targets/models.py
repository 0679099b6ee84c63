"""The clocks of targets."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import ROW_NUMBER, Base, UtcDateTime, refers_to


class Clock(Base):
    """One target of one conversation, measured once; `ended_at` None: it runs."""

    __tablename__ = "clocks"
    __table_args__ = (
        Index(
            "uq_clocks_one_runs",
            "conversation_id",
            "line",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_clocks_desk", "desk", "began_at"),
    )

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    line: Mapped[str] = mapped_column(String(12))  # `reply` or `resolution`: of each one runs
    target: Mapped[str] = mapped_column(String(20))
    desk: Mapped[str] = mapped_column(String(50))
    priority: Mapped[int] = mapped_column(Integer)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The percent of its time up to which everything has happened that the desk wants to happen.
    done_percent: Mapped[int] = mapped_column(Integer, default=0)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    missed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leads_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # `met` (perhaps too late: see `missed_at`), or `dropped`: it was nobody's any more
    ended_as: Mapped[str | None] = mapped_column(String(10))
