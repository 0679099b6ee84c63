"""Customers who were signed for by a host site."""

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import Base, UtcDateTime, refers_to


class Identity(Base):
    """What the site signed about a customer: never what a browser claimed."""

    __tablename__ = "identities"

    customer_id: Mapped[str] = mapped_column(refers_to("customers.id"), primary_key=True)
    desk: Mapped[str] = mapped_column(String(50))
    user_id: Mapped[str] = mapped_column(String(200))
    method: Mapped[str] = mapped_column(String(10))
    name: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320))
    # What agents see of the account at the site, such as {"Plan": "Pro"}.
    account: Mapped[dict[str, str | float | bool]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )
    verified_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
