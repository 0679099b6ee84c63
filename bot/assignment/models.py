"""What each assignment was decided by."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import ROW_NUMBER, Base, UtcDateTime, refers_to


class Assignment(Base):
    """A conversation that the desk's rule gave to an agent, and why."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index("ix_assignments_conversation", "conversation_id", "id"),
        Index("ix_assignments_agent", "agent_id", "at"),
    )

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    agent_name: Mapped[str] = mapped_column(String(200))
    desk: Mapped[str] = mapped_column(String(50))
    strategy: Mapped[str] = mapped_column(String(20))
    because: Mapped[str] = mapped_column(String(20))
    # `Any`: the candidates with load, capacity and problem, and what was wanted (`why.py`).
    why: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
