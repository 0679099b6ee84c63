"""Everything that other programs need, put together."""

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.presence import Presence
from bot.api.app import api_app
from bot.api_tokens.repository import anyone_reads_the_feed
from bot.api_tokens.service import Tokens
from bot.clock import every, now
from bot.db import Database
from bot.feed.service import KEEP, Feed
from bot.handoff.service import Handoffs
from bot.settings import Settings
from bot.shared.parts import Shared
from bot.webhooks import repository as webhook_rows
from bot.webhooks.call import Caller
from bot.webhooks.service import Webhooks
from bot.webhooks.worker import WebhookWorker

FORGET_SECONDS = 60.0
FORGET_AT_ONCE = 5000


@dataclass(frozen=True)
class Programs:
    """The feed, who may read it, and who is called."""

    db: Database
    settings: Settings
    feed: Feed
    tokens: Tokens
    webhooks: Webhooks

    @classmethod
    def of(cls, settings: Settings, db: Database) -> "Programs":
        """As the settings have it."""
        return cls(
            db,
            settings,
            Feed(db, wanted=_is_wanted),
            Tokens(db),
            Webhooks(db, private_allowed=settings.webhooks_to_private_addresses),
        )

    def worker(self) -> WebhookWorker:
        """Calls whoever wants to be told."""
        private_allowed = self.settings.webhooks_to_private_addresses
        return WebhookWorker(self.db, caller=Caller(private_allowed=private_allowed))

    # `Any`: what a coroutine yields and takes.
    def work(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        """What runs beside everything else, by name, until cancelled."""
        return {
            "feed": self.feed.run(),
            "webhooks": self.worker().run(),
            "feed.old": every(FORGET_SECONDS, self._forget_old, name="feed.forget"),
        }

    async def _forget_old(self) -> None:
        await self.feed.forget_old()
        await self.webhooks.forget_old(before=now() - KEEP, limit=FORGET_AT_ONCE)

    def app(self, *, shared: Shared, handoffs: Handoffs, presence: Presence) -> FastAPI:
        """The API."""
        burst, pace = self.settings.api_requests_burst, self.settings.api_requests_per_second
        return api_app(
            self.db,
            tokens=self.tokens,
            handoffs=handoffs,
            presence=presence,
            webhooks=self.webhooks,
            limit=shared.rate_limit("api", burst=burst, per_second=pace),
        )


async def _is_wanted(session: AsyncSession) -> bool:
    return await webhook_rows.any_active(session) or await anyone_reads_the_feed(session, at=now())
