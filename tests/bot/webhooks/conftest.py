"""A receiver of webhooks on this machine, which answers as the test wishes."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import web

from bot.accounts.models import Agent
from bot.audit.acts import Doer
from bot.webhooks.call import Caller
from bot.webhooks.models import Webhook, WebhookDelivery
from bot.webhooks.service import Webhooks, Wish
from bot.webhooks.worker import WebhookWorker
from tests.desk import TestDesk, open_desk


@dataclass
class Receiver:
    """What it got, and what it will answer: status and headers, in turn, then 200."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    hangs: bool = False

    # `Any`: JSON objects.
    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        if self.hangs:
            await asyncio.sleep(3600)
        status, headers = self.answers.pop(0) if self.answers else (200, {})
        return web.Response(status=status, headers=headers)


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", made.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


@dataclass
class Caught:
    """A desk, an agent, and a worker that the test turns by hand."""

    desk: TestDesk
    agent: Agent
    worker: WebhookWorker

    @property
    def webhooks(self) -> Webhooks:
        return self.desk.parts.programs.webhooks

    async def add(self, url: str, *kinds: str) -> Webhook:
        made = await self.webhooks.add(self.agent, Doer(self.agent), Wish(url, kinds))
        await self.desk.parts.programs.feed.look()
        return made

    async def turn(self) -> int:
        """Spreads and sends what is due; how many were tried."""
        await self.worker.spread()
        return await self.worker.send_due()

    async def log(self, webhook: Webhook) -> list[WebhookDelivery]:
        return list(await self.webhooks.log(self.agent, webhook.id, before=None, limit=100))


@pytest_asyncio.fixture
async def caught(tmp_path: Path) -> AsyncIterator[Caught]:
    async with open_desk(tmp_path, webhooks_to_private_addresses=True) as desk:
        caller = Caller(private_allowed=True, seconds=30)
        yield Caught(desk, await desk.add_agent(), WebhookWorker(desk.db, caller=caller))
        await caller.close()
