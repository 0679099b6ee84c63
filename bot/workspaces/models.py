"""The installations of a channel's app."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import Base, UtcDateTime


class Installed(Base):
    """One workspace; its token is encrypted with a key that is not in the database."""

    __tablename__ = "workspaces"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    workspace: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    token: Mapped[str] = mapped_column(Text)
    bot_user: Mapped[str] = mapped_column(String(40))
    bot: Mapped[str] = mapped_column(String(40))
    scopes: Mapped[str] = mapped_column(Text)
    enterprise: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
