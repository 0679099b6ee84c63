"""What is asked of the audit log, and the one way into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.audit.acts import Act, Doer, Person
from bot.audit.models import AuditEntry
from bot.db import Transaction


@dataclass(frozen=True)
class Filter:
    """Which entries; None: all. `before` is the id of the last entry of the page above."""

    act: Act | None = None
    agent_id: str | None = None
    conversation_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


# `Any`: what changed, by the act's own names.
def record(
    tx: Transaction,
    act: Act,
    doer: Doer,
    subject: Person | None = None,
    *,
    conversation_id: str | None = None,
    **details: Any,
) -> None:
    """Adds an entry to the transaction of the act: neither is there without the other."""
    actor = doer.person
    is_own = actor is not None and subject is not None and actor.id == subject.id
    about = None if is_own else subject
    tx.session.add(
        AuditEntry(
            act=act,
            actor_id=actor.id if actor else None,
            actor_name=actor.name if actor else None,
            subject_id=about.id if about else None,
            subject_name=about.name if about else None,
            conversation_id=conversation_id,
            address=doer.place.address,
            browser=doer.place.browser,
            details=details | ({"program": doer.program} if doer.program else {}),
        )
    )


async def entries(session: AsyncSession, wanted: Filter, *, limit: int) -> Sequence[AuditEntry]:
    """The newest first."""
    asked = select(AuditEntry)
    if wanted.act is not None:
        asked = asked.where(AuditEntry.act == wanted.act)
    if wanted.agent_id is not None:
        whose = wanted.agent_id
        asked = asked.where(or_(AuditEntry.actor_id == whose, AuditEntry.subject_id == whose))
    if wanted.conversation_id is not None:
        asked = asked.where(AuditEntry.conversation_id == wanted.conversation_id)
    if wanted.since is not None:
        asked = asked.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        asked = asked.where(AuditEntry.at < wanted.until)
    if wanted.before is not None:
        asked = asked.where(AuditEntry.id < wanted.before)
    found = await session.scalars(asked.order_by(AuditEntry.id.desc()).limit(limit))
    return found.all()
