"""What the outbox asks of the database: claims on deliveries, and how they ended.

A conversation's first waiting delivery stands for all of them: whoever locks it claims the
conversation's lane, so no two processes deliver to one customer at a time.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby, takewhile

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.channel import Problem
from bot.outbox.models import Delivery, DeliveryAttempt

# Spelled out in the statement, so that both databases see that their partial indexes fit.
_IS_WAITING = Delivery.status == literal_column("'waiting'")
# Asked for each message that leaves, so built once.
_WAITING_IN_CONVERSATION = select(Delivery.id, Delivery.holder).where(
    Delivery.conversation_id == bindparam("conversation_id"), _IS_WAITING
)

# The session need not know of it: what it has loaded of these rows is not looked at again.
_BY_ITSELF = {"synchronize_session": False}
_DELIVERED = (
    update(Delivery)
    .where(Delivery.id.in_(bindparam("ids", expanding=True)), _IS_WAITING)
    .values(
        status="delivered",
        attempts=Delivery.attempts + 1,
        problem=None,
        problem_kind=None,
        retry_at=None,
        delivered_at=bindparam("delivered_at"),
    )
)


async def waiting_in(session: AsyncSession, conversation_id: str) -> dict[int, str | None]:
    """Everything of the conversation that is not settled yet: delivery → holder."""
    rows = await session.execute(_WAITING_IN_CONVERSATION, {"conversation_id": conversation_id})
    return {row.id: row.holder for row in rows}


async def anything_due(
    session: AsyncSession, *, at: datetime, farthest: datetime, without: Collection[str] = ()
) -> bool:
    """Whether a claim might find something; asks without a lock."""
    due = select(Delivery.id).where(_IS_WAITING, _is_due(at, farthest), *_not_of(without)).limit(1)
    return await session.scalar(due) is not None


async def claim_due(
    session: AsyncSession,
    *,
    holder: str,
    at: datetime,
    until: datetime,
    farthest: datetime,
    conversations: int,
    without: Collection[str] = (),
) -> Sequence[tuple[Delivery, bool]]:
    """The lanes that nobody holds any more, oldest first: their deliveries, in order of each, and
    whether somebody has held this one before.

    Lanes that another process claims now are skipped, as are those of the channels `without`. A
    hold beyond `farthest` is none: whoever set it had a clock that was wrong, and may have died.
    """
    before = aliased(Delivery)
    earlier = exists().where(
        before.conversation_id == Delivery.conversation_id,
        before.status == literal_column("'waiting'"),
        before.seq < Delivery.seq,
    )
    heads = await session.scalars(
        select(Delivery.conversation_id)
        .where(_IS_WAITING, _is_due(at, farthest), ~earlier, *_not_of(without))
        .order_by(Delivery.id)
        .limit(conversations)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    # Only now, with the locks: what waits behind them.
    waiting = await session.scalars(
        select(Delivery)
        .where(_IS_WAITING, Delivery.conversation_id.in_(heads.all()))
        .order_by(Delivery.conversation_id, Delivery.seq)
    )
    claimed: list[Delivery] = []
    for _, lane in groupby(waiting, lambda delivery: delivery.conversation_id):
        claimed += takewhile(lambda delivery: not at < delivery.due_at <= farthest, lane)
    had = [delivery.holder is not None for delivery in claimed]
    for delivery in claimed:
        delivery.holder, delivery.due_at = holder, until
    return list(zip(claimed, had, strict=True))


def _is_due(at: datetime, farthest: datetime) -> ColumnElement[bool]:
    return or_(Delivery.due_at <= at, Delivery.due_at > farthest)


def _not_of(channels: Collection[str]) -> list[ColumnElement[bool]]:
    return [Delivery.channel.not_in(channels)] if channels else []


async def extend_hold(
    session: AsyncSession, ids: Collection[int], *, holder: str, until: datetime
) -> frozenset[int]:
    """Keeps other processes off these for longer; returns which of them are still the holder's."""
    kept = await session.scalars(
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.holder == holder, _IS_WAITING)
        .values(due_at=until)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return frozenset(kept)


async def let_go(session: AsyncSession, ids: Collection[int], *, holder: str, at: datetime) -> None:
    """Another process may deliver these at once. Who had them stays there: they may have left."""
    await session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.holder == holder, _IS_WAITING)
        .values(due_at=at)
        .execution_options(synchronize_session=False)
    )


async def let_go_of_all(session: AsyncSession, *, at: datetime) -> None:
    """Nobody holds any delivery: for a database that only one process works on, at its start."""
    await session.execute(
        update(Delivery)
        .where(_IS_WAITING)
        .values(due_at=at)
        .execution_options(synchronize_session=False)
    )


async def settle_delivered(session: AsyncSession, ids: Collection[int], *, at: datetime) -> None:
    """Writes that these have left: whoever holds them now, they have."""
    await session.execute(
        _DELIVERED, {"ids": list(ids), "delivered_at": at}, execution_options=_BY_ITSELF
    )


async def note_attempts(session: AsyncSession, attempts: Sequence[Mapping[str, object]]) -> None:
    """Writes a row for each try."""
    # With RETURNING all rows are one statement; without, a trip each.
    await session.execute(insert(DeliveryAttempt).returning(DeliveryAttempt.id), attempts)


async def settle(
    session: AsyncSession,
    delivery_id: int,
    *,
    holder: str,
    status: str,
    problem: str | None,
    kind: Problem | None,
    retry_at: datetime | None,
) -> None:
    """Writes how a try ended without success; `status` is waiting (again) or dead.

    Only its holder can say so.
    """
    await session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, _IS_WAITING, Delivery.holder == holder)
        .values(
            status=status,
            attempts=Delivery.attempts + 1,
            problem=problem,
            problem_kind=kind,
            retry_at=retry_at,
        )
        .execution_options(**_BY_ITSELF)
    )


async def count_by_status(session: AsyncSession) -> dict[str, int]:
    """How many deliveries wait, how many are dead letters."""
    rows = await session.execute(
        select(Delivery.status, func.count())
        .where(Delivery.status != "delivered")
        .group_by(Delivery.status)
    )
    return {status: count for status, count in rows}


async def find_dead(session: AsyncSession, conversation_id: str, seq: int) -> Delivery | None:
    """The dead letter of this message; the caller holds the conversation."""
    return await session.scalar(
        select(Delivery)
        .where(
            Delivery.conversation_id == conversation_id,
            Delivery.seq == seq,
            Delivery.status == literal_column("'dead'"),
        )
        .with_for_update()
    )


def with_dead_letters() -> Select[str]:
    """For a question about conversations: the ids of those with a dead letter."""
    return select(Delivery.conversation_id).where(Delivery.status == literal_column("'dead'"))


async def dead_letters_of(session: AsyncSession, conversation_id: str) -> Sequence[Delivery]:
    """Messages of the conversation that could not be delivered."""
    found = await session.scalars(
        select(Delivery).where(
            Delivery.conversation_id == conversation_id,
            Delivery.status == literal_column("'dead'"),
        )
    )
    return found.all()
