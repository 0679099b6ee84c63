"""Who put which customers together, and who took them apart again."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import ROW_NUMBER, Base, UtcDateTime, refers_to


class CustomerMerge(Base):
    """One customer shown under another from then on; undone, it stays as a record.

    It holds ids alone: what is shown of a person is read from the customers themselves, so nothing
    of it outlives them. `customers.kept_id` says the same in a form that lists can ask for.
    """

    __tablename__ = "customer_merges"
    __table_args__ = (
        Index(
            "uq_customer_merges_one_at_a_time",
            "gone_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_customer_merges_kept", "kept_id"),
    )

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    gone_id: Mapped[str] = mapped_column(refers_to("customers.id"))
    kept_id: Mapped[str] = mapped_column(refers_to("customers.id"))
    # Whose name, address and number are shown for the person; None: nobody chose.
    name_from: Mapped[str | None] = mapped_column(String(36))
    email_from: Mapped[str | None] = mapped_column(String(36))
    phone_from: Mapped[str | None] = mapped_column(String(36))
    # Nobody: a guest of the person logged in, so it follows from a host site's signature.
    agent_id: Mapped[str | None] = mapped_column(refers_to("agents.id"))
    agent_name: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str | None] = mapped_column(String(200))
