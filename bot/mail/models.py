"""What a table of things to be sent has in common with the others."""

from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import UtcDateTime


class Going(StrEnum):
    """How it is with something that is to be sent."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"  # nobody needs it any more
    DEAD = "dead"  # nobody will ever take it


class OnItsWay:
    """A row that one process sends, once; a mix-in, used with `due_index`."""

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=lambda: str(uuid4()))
    status: Mapped[str] = mapped_column(String(10), default=Going.WAITING)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    # While it is being sent: until when no other process takes it over.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    problem: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def forget(self) -> None:
        """Empties what nobody needs once it is over; whoever carries a secret does more."""


def due_index(table: str) -> Index:
    """By which what waits is found."""
    waits = text("status = 'waiting'")
    return Index(f"ix_{table}_waiting", "due_at", sqlite_where=waits, postgresql_where=waits)
