"""What the outbox asks of the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.models import Delivery


async def due_deliveries(session: AsyncSession, *, at: datetime, limit: int) -> Sequence[Delivery]:
    """Waiting deliveries that nobody holds any more, in the order of their conversations."""
    found = await session.scalars(
        select(Delivery)
        .where(Delivery.status == "waiting", Delivery.due_at <= at)
        .order_by(Delivery.conversation_id, Delivery.seq)
        .limit(limit)
    )
    return found.all()


async def hold(session: AsyncSession, ids: Sequence[int], *, until: datetime) -> None:
    """Keeps other workers off these deliveries for a while."""
    await session.execute(update(Delivery).where(Delivery.id.in_(ids)).values(due_at=until))


async def let_go(session: AsyncSession, *, at: datetime) -> None:
    """Nobody holds any delivery: for a database that only one process works on, at its start."""
    await session.execute(update(Delivery).where(Delivery.status == "waiting").values(due_at=at))


async def settle(
    session: AsyncSession, delivery_id: int, *, status: str, problem: str | None, at: datetime
) -> None:
    """Writes how a try ended; `status` is waiting (again), delivered or dead."""
    await session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id)
        .values(
            status=status,
            attempts=Delivery.attempts + 1,
            problem=problem,
            delivered_at=at if status == "delivered" else None,
        )
    )


async def count_by_status(session: AsyncSession) -> dict[str, int]:
    """How many deliveries wait, how many are dead letters."""
    rows = await session.execute(
        select(Delivery.status, func.count())
        .where(Delivery.status != "delivered")
        .group_by(Delivery.status)
    )
    return {status: count for status, count in rows}


async def dead_letters_of(session: AsyncSession, conversation_id: str) -> Sequence[Delivery]:
    """Messages of the conversation that could not be delivered."""
    found = await session.scalars(
        select(Delivery).where(
            Delivery.conversation_id == conversation_id, Delivery.status == "dead"
        )
    )
    return found.all()
