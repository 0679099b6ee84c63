"""What is asked of the database about timers. Whoever starts or cancels one of a conversation holds
that conversation, so two processes never write the same timer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import now
from bot.db import Overtaken
from bot.timers.models import Timer

# When regular work that was never done before was due.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Due:
    """A timer whose time has come."""

    key: str
    kind: str
    conversation_id: str


def key_of(kind: str, conversation_id: str) -> str:
    """The timer's key."""
    return f"{kind}:{conversation_id}"


async def start(
    session: AsyncSession, kind: str, conversation_id: str, *, due_at: datetime
) -> None:
    """Sets the conversation's timer of this kind, instead of the one that may run already."""
    key = key_of(kind, conversation_id)
    await session.execute(delete(Timer).where(Timer.key == key))
    await session.execute(
        insert(Timer).values(
            key=key,
            kind=kind,
            conversation_id=conversation_id,
            due_at=due_at,
            details={},
            failures=0,
            created_at=now(),
        )
    )


async def cancel(session: AsyncSession, kind: str, conversation_id: str) -> None:
    """It need not happen any more."""
    await session.execute(delete(Timer).where(Timer.key == key_of(kind, conversation_id)))


async def due(
    session: AsyncSession, kinds: Collection[str], *, at: datetime, limit: int
) -> Sequence[Due]:
    """Timers of conversations whose time has come, the oldest first; asks without a lock."""
    rows = await session.execute(
        select(Timer.key, Timer.kind, Timer.conversation_id)
        .where(Timer.due_at <= at, Timer.kind.in_(kinds), Timer.conversation_id.is_not(None))
        .order_by(Timer.due_at, Timer.key)
        .limit(limit)
    )
    return [Due(key, kind, owner) for key, kind, owner in rows if owner is not None]


async def take(session: AsyncSession, key: str, *, at: datetime) -> bool:
    """Removes the timer if it is still due and no other process is at it; whether it was."""
    found = await session.scalar(
        select(Timer.key)
        .where(Timer.key == key, Timer.due_at <= at)
        .with_for_update(skip_locked=True)
    )
    if found is None:
        return False
    await session.execute(delete(Timer).where(Timer.key == key))
    return True


async def postpone(session: AsyncSession, key: str, *, problem: str, until: datetime) -> None:
    """It failed: it is tried again, and says why."""
    await session.execute(
        update(Timer)
        .where(Timer.key == key)
        .values(due_at=until, failures=Timer.failures + 1, problem=problem)
    )


async def failures_of(session: AsyncSession, key: str) -> int:
    """How often it failed so far."""
    return await session.scalar(select(Timer.failures).where(Timer.key == key)) or 0


async def count_late(session: AsyncSession, *, since: datetime) -> int:
    """Timers that should have fired before `since`, those included that fail again and again."""
    late = (Timer.due_at < since) | (Timer.failures > 0)
    found = select(func.count()).where(late, Timer.conversation_id.is_not(None))
    return await session.scalar(found) or 0


async def take_turn(
    session: AsyncSession, kind: str, *, at: datetime, every: timedelta
) -> datetime | None:
    """Whether this process does the desk's regular work now: since when it was due, else None.

    The row is the lease: who gets it moves it on by `every`, and others wait until then. A process
    that dies at its work misses one turn, no more. On the first time ever the answer is long ago.
    """
    row = await session.scalar(
        select(Timer).where(Timer.key == kind).with_for_update(skip_locked=True)
    )
    if row is None:
        if await session.scalar(select(Timer.key).where(Timer.key == kind)) is not None:
            return None  # another process holds it just now
        session.add(Timer(key=kind, kind=kind, due_at=at + every))
        return LONG_AGO
    # A clock that was ahead and was set right again must not stop the work until it is there.
    if at < row.due_at <= at + every:
        return None
    was_due = min(row.due_at, at)
    row.due_at = at + every
    return was_due


# `Any`: a JSON object.
async def keep(session: AsyncSession, key: str, *, details: dict[str, Any]) -> None:
    """Notes what came of regular work."""
    await session.execute(update(Timer).where(Timer.key == key).values(details=details))


async def find(session: AsyncSession, key: str) -> Timer | None:
    """The timer, as it stands."""
    return await session.get(Timer, key)


async def lease(
    session: AsyncSession, key: str, *, holder: str, at: datetime, lasts: timedelta
) -> bool:
    """Whether `holder` has the work from now on; the row says who has it, and until when.

    An end that is farther off than any lease lasts was set by a clock that was wrong.
    """
    row = await session.scalar(select(Timer).where(Timer.key == key).with_for_update())
    if row is None:
        session.add(Timer(key=key, kind="lease", due_at=at + lasts, details={"holder": holder}))
        try:
            await session.flush()
        except IntegrityError:  # another process was faster
            raise Overtaken from None
        return True
    others = row.details.get("holder") != holder and at < row.due_at <= at + 2 * lasts
    if others:
        return False
    row.details, row.due_at = {"holder": holder}, at + lasts
    return True


async def drop_lease(session: AsyncSession, key: str) -> None:
    """Its work is anybody's, whoever had it."""
    await session.execute(delete(Timer).where(Timer.key == key))


async def end_lease(session: AsyncSession, key: str, *, holder: str) -> None:
    """Its work is anybody's again, if it was this holder's."""
    row = await session.scalar(select(Timer).where(Timer.key == key).with_for_update())
    if row is not None and row.details.get("holder") == holder:
        await session.delete(row)
