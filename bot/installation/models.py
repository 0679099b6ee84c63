"""One row about the installation."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import Base, UtcDateTime

THE_ONE = 1


class Installation(Base):
    """Which token secret this database is used with; never the secret itself."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True, default=THE_ONE, autoincrement=False)
    token_fingerprint: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
