"""A desk with things in it, so that requests of programs meet what is there and can succeed."""

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any

import httpx

from bot.channel import InboundMessage
from bot.conversations.models import Conversation
from bot.handoff.service import Reply
from tests.browser.live import LiveAgent, LiveDesk
from tests.desk import DESK

HOOK = "http://127.0.0.1:9/hook"  # nobody listens on the discard port
CONVERSATION, WEBHOOK = "/conversations/{conversation_id}", "/webhooks/{webhook_id}"
MOVE = f"{CONVERSATION}/{{move}}"
# From where each move leads.
QUEUED, HELD, SNOOZED = "queued", "with_agent", "snoozed"
FROM = {
    "claim": QUEUED,
    "release": HELD,
    "return_to_bot": HELD,
    "close": HELD,
    "spam": HELD,
    "wake": SNOOZED,
}


class Seeds:
    """What an operation needs, made for it; `program` is the token's own client."""

    def __init__(self, desk: LiveDesk, agent: LiveAgent, program: httpx.Client) -> None:
        self._desk, self._agent, self._program = desk, agent._agent, program
        self._numbers = count(1)
        desk.says(handoff={"reason": "asked_for_human"})
        self._held = self.conversation(HELD)
        webhook = self.webhook()
        self.ids: dict[str, Any] = {
            "conversation_id": self._held.id,
            "customer_id": self._held.customer_id,
            "webhook_id": webhook,
            "delivery_id": self.delivery(webhook),
        }

    def conversation(self, status: str) -> Conversation:
        """A new one that stands there; it has messages, and a note."""
        return self._desk.run(self._conversation(status))

    async def _conversation(self, status: str) -> Conversation:
        parts, agent, number = self._desk.parts, self._agent, next(self._numbers)
        inbound = InboundMessage(
            channel="web",
            thread=f"t{number}",
            customer=f"t{number}",
            desk=DESK,
            external_id=f"t{number}:1",
            language="en",
            text="A person, please",
        )
        receipt = await parts.frontdesk.receive_customer_message(inbound)
        handoffs, id = parts.handoffs, receipt.conversation
        async with asyncio.timeout(15):
            while (await self._now(id)).status != QUEUED:
                await asyncio.sleep(0.01)
        if status != QUEUED:
            await handoffs.claim(agent, id, epoch=await self._epoch(id))
            await handoffs.note(agent, id, "A note")
            await handoffs.reply(agent, id, Reply("Hello", await self._epoch(id), "k"))
        if status == SNOOZED:
            await handoffs.snooze(agent, id, epoch=await self._epoch(id), choice="hour")
        return await self._now(id)

    async def _now(self, id: str) -> Conversation:
        async with self._desk.parts.db.read() as session:
            return await session.get_one(Conversation, id)

    async def _epoch(self, id: str) -> int:
        return (await self._now(id)).epoch

    def webhook(self) -> str:
        made = self._program.post("/webhooks", json={"url": HOOK})
        return str(made.raise_for_status().json()["id"])

    def delivery(self, webhook: str) -> int:
        ping = self._program.post(f"/webhooks/{webhook}/ping")
        return int(ping.raise_for_status().json()["id"])

    def real(self, operation: str) -> Callable[[Any], None]:
        """What puts real things into a case of this operation ("POST /webhooks")."""
        method, path = operation.split()

        def put(case: Any) -> None:
            if path == MOVE:
                there = self.conversation(FROM[case.path_parameters["move"]])
                case.path_parameters["conversation_id"] = there.id
                case.body = {"epoch": there.epoch}
            elif path.startswith(CONVERSATION):
                case.path_parameters["conversation_id"] = self._held.id
                if operation == f"POST {CONVERSATION}/messages":
                    case.body = case.body | {"epoch": self._held.epoch}
            elif path.startswith("/customers/"):
                case.path_parameters["customer_id"] = self._held.customer_id
            elif path == "/conversations":
                case.query = {**case.query, "customer": self._held.customer_id}
                case.query.pop("cursor", None)
            elif path.startswith("/webhooks"):
                self._put_webhook(method, path, case)

        return put

    def _put_webhook(self, method: str, path: str, case: Any) -> None:
        if method in ("POST", "PATCH") and isinstance(case.body, dict):
            case.body = case.body | {"url": HOOK, "kinds": ["message.created"]}
            case.body.pop("desks", None)
        if path == "/webhooks":
            return
        id = case.path_parameters["webhook_id"] = self.webhook()
        if "delivery_id" in case.path_parameters:
            case.path_parameters["delivery_id"] = self.delivery(id)
