"""What is asked of the database about the installation."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.installation.models import THE_ONE, Installation


async def installation(session: AsyncSession) -> Installation | None:
    """The row, once a desk has started."""
    return await session.get(Installation, THE_ONE)
