"""Every question about installations."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.workspaces.models import Installed


async def find(session: AsyncSession, channel: str, workspace: str) -> Installed | None:
    """The installation in this workspace."""
    return await session.get(Installed, (channel, workspace))


async def installed(session: AsyncSession, channel: str) -> Sequence[Installed]:
    """All of a channel, by name."""
    found = await session.scalars(
        select(Installed).where(Installed.channel == channel).order_by(Installed.name)
    )
    return found.all()


async def drop(session: AsyncSession, channel: str, workspace: str) -> None:
    """Uninstalled."""
    await session.execute(
        delete(Installed).where(Installed.channel == channel, Installed.workspace == workspace)
    )
