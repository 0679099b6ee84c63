"""The audit log's table. Rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, Enum, Index, String, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from bot.audit.acts import MAX_ADDRESS, MAX_BROWSER, Act
from bot.clock import now
from bot.db import ROW_NUMBER, Base, UtcDateTime

ACT = Enum(
    Act, native_enum=False, length=40, values_callable=lambda kinds: [k.value for k in kinds]
)


class AuditEntry(Base):
    """One act. Ids are no foreign keys: an entry outlives whomever it names."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_actor", "actor_id", "id"),
        Index("ix_audit_entries_subject", "subject_id", "id"),
        Index("ix_audit_entries_act", "act", "id"),
        Index("ix_audit_entries_conversation", "conversation_id", "id"),
    )

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    act: Mapped[Act] = mapped_column(ACT)
    actor_id: Mapped[str | None] = mapped_column(String(36))
    actor_name: Mapped[str | None] = mapped_column(String(200))
    # Whose account it was about, when it was not the actor's own.
    subject_id: Mapped[str | None] = mapped_column(String(36))
    subject_name: Mapped[str | None] = mapped_column(String(200))
    # To which conversation it was done, if to one.
    conversation_id: Mapped[str | None] = mapped_column(String(36))
    address: Mapped[str] = mapped_column(String(MAX_ADDRESS))
    browser: Mapped[str] = mapped_column(String(MAX_BROWSER))
    # `Any`: what changed, by the act's own names.
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class AppendOnly(Exception):
    """An entry of the audit log was to be changed or removed."""


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse(_mapper: Mapper[AuditEntry], _connection: Connection, entry: AuditEntry) -> None:
    raise AppendOnly(f"audit entry {entry.id}")
