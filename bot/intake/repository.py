"""Every question about forms that is asked of the database."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.intake.models import Intake


async def intake_of(session: AsyncSession, channel: str, thread: str) -> Intake | None:
    """What was answered in this thread before the chat."""
    return await session.get(Intake, (channel, thread))


async def hand_over(session: AsyncSession, channel: str, *, before: str, after: str) -> None:
    """The visitor is known as somebody else now: the newer form is theirs."""
    if await session.scalar(
        select(Intake.thread).where(Intake.channel == channel, Intake.thread == before)
    ):
        await session.execute(
            delete(Intake).where(Intake.channel == channel, Intake.thread == after)
        )
        await session.execute(
            update(Intake)
            .where(Intake.channel == channel, Intake.thread == before)
            .values(thread=after)
            .execution_options(synchronize_session=False)
        )
