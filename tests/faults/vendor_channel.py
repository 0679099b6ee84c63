"""A channel to a vendor that does not exist: events come in as webhooks, messages go out by API.

It is registered in this test's desks only, and is what `connectors/` is for every real vendor:
a route that receives, and a sender that delivers.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from bot.assembly import Parts
from bot.channel import InboundMessage, OutboundMessage, RetryLater
from tests.desk import DESK

CHANNEL = "vendor"
SECONDS = 1.0
TOO_MANY = 429


class VendorSender:
    """Posts each message with a key of its own, as vendors ask who want to drop repetitions."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=SECONDS, trust_env=False)

    async def deliver(self, message: OutboundMessage) -> None:
        """Raises RetryLater for everything that passes."""
        body = {
            "key": f"{message.conversation}:{message.seq}",
            "conversation": message.conversation,
            "thread": message.thread,
            "seq": message.seq,
            "author": message.author.kind,
            "text": message.text,
        }
        try:
            response = await self._http.post("/messages", json=body)
        except httpx.HTTPError as error:
            raise RetryLater(type(error).__name__) from error
        if response.status_code == TOO_MANY:
            raise RetryLater("too many", seconds=float(response.headers["Retry-After"]))
        if not response.is_success:
            raise RetryLater(f"HTTP {response.status_code}")

    async def close(self) -> None:
        """Gives connections back."""
        await self._http.aclose()


def add_to(app: FastAPI, url: str) -> None:
    """Adds the channel to a desk that has not started yet."""
    parts: Parts = app.state.parts
    sender = VendorSender(url)
    # A real channel is put in bot/main.py; tests have no door there, and need none elsewhere.
    outbox = parts.outbox
    outbox._senders = {**outbox._senders, CHANNEL: sender}
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(served: FastAPI) -> AsyncIterator[Any]:
        async with inner(served) as state:
            yield state
        await sender.close()

    app.router.lifespan_context = lifespan

    @app.post("/vendor/events")
    async def receive(request: Request) -> JSONResponse:
        event = await request.json()
        inbound = InboundMessage(
            channel=CHANNEL,
            thread=event["thread"],
            customer=event["thread"],
            desk=DESK,
            external_id=f"{event['thread']}:{event['id']}",
            language="en",
            text=event["text"],
        )
        receipt = await parts.frontdesk.receive_customer_message(inbound)
        return JSONResponse({"conversation": receipt.conversation, "seq": receipt.seq})
