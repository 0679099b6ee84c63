"""Chooses: in process, or Redis."""

import asyncio
from typing import Any

from bot.channel import RateLimit
from bot.live import Bus
from bot.settings import Settings
from bot.shared.buckets import LocalBuckets, SharedBuckets
from bot.shared.bus import SharedBus
from bot.shared.link import RedisLink
from bot.shared.online import OnlineAgents


class Shared:
    """What the processes of this installation have in common."""

    def __init__(self, settings: Settings) -> None:
        self.link: RedisLink | None = None
        self.bus = Bus()
        self.online: OnlineAgents | None = None
        if settings.redis_url:
            self.link = RedisLink(settings.redis_url, prefix=settings.redis_prefix)
            self.bus = SharedBus(self.link)
            self.online = OnlineAgents(self.link)

    def rate_limit(self, name: str, *, burst: int, per_second: float) -> RateLimit:
        """A limit that all processes count together."""
        if self.link is None:
            return LocalBuckets(burst=burst, per_second=per_second)
        return SharedBuckets(self.link, name, burst=burst, per_second=per_second)

    async def start(self) -> dict[str, asyncio.Task[None]]:
        """Opens what there is to open; the workers that keep it open, by name."""
        if self.link is None:
            return {}
        await self.link.start()
        return {"redis": asyncio.create_task(self.link.run(), name="redis")}

    async def flush(self) -> None:
        """Before the workers end: what is said reaches the other processes."""
        if isinstance(self.bus, SharedBus):
            await self.bus.flush()

    async def close(self) -> None:
        """After the workers have ended."""
        if isinstance(self.bus, SharedBus):
            await self.bus.stop()
        if self.link is not None:
            await self.link.close()

    # `Any`: a JSON object.
    def state(self) -> dict[str, Any]:
        """For `/readyz`: where Redis is and whether it is there."""
        if self.link is None:
            return {"state": "not used"}
        if self.link.there:
            return {"state": "connected", "place": self.link.place}
        return {"state": "away", "place": self.link.place, "problem": self.link.problem}
