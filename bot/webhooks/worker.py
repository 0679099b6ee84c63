"""Spreads the feed over the webhooks, and sends what is due.

Spreading is exactly once: the deliveries and the webhook's place in the feed are one transaction.
Sending is at least once: a process that dies between the answer and our note of it sends again,
under the same `webhook-id`, by which the receiver knows that it is the same.
"""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.clock import every, now
from bot.db import Database, Transaction
from bot.feed import repository as feed
from bot.feed.kinds import UNNAMED
from bot.feed.models import FeedEntry
from bot.webhooks import repository
from bot.webhooks.call import Answer, Caller
from bot.webhooks.models import Webhook, WebhookDelivery
from bot.webhooks.payload import entry_as_json, load_payload

SPREAD_SECONDS = 1.0
SPREAD_AT_ONCE = 500
SEND_SECONDS = 0.5
SEND_AT_ONCE = 8
# Longer than a call may take.
LEASE = timedelta(seconds=60)
# Seconds before the next try; after the last one the delivery is dead.
PAUSES = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800)
LONGEST_WISH = 28800
GIVE_UP_AFTER = timedelta(days=3)  # of failures alone; then the webhook is switched off
GONE = 410

log = structlog.get_logger()


class WebhookWorker:
    """One in each process; any number of them share the work."""

    def __init__(self, db: Database, *, caller: Caller) -> None:
        self._db = db
        self._caller = caller

    async def run(self) -> None:
        """Until cancelled."""
        try:
            await asyncio.gather(
                every(SPREAD_SECONDS, self.spread, name="webhooks.spread"),
                every(SEND_SECONDS, self.send_due, name="webhooks.send"),
            )
        finally:
            await self._caller.close()

    async def spread(self) -> int:
        """Turns what is new in the feed into deliveries; how many."""
        async with self._db.read() as session:
            ids = await repository.active_ids(session)
        return sum([await self._spread_to(webhook_id) for webhook_id in ids])

    async def _spread_to(self, webhook_id: str) -> int:
        async def spread(tx: Transaction) -> int:
            webhook = await repository.lock_active(tx.session, webhook_id)
            if webhook is None:
                return 0
            entries = await feed.after(tx.session, webhook.cursor, limit=SPREAD_AT_ONCE)
            if not entries:
                return 0
            webhook.cursor = entries[-1].id
            wanted = [entry for entry in entries if _wants(webhook, entry)]
            for entry in wanted:
                tx.session.add(
                    WebhookDelivery(
                        webhook_id=webhook.id,
                        kind=entry.kind,
                        entry=entry_as_json(entry),
                        due_at=now(),
                    )
                )
            return len(wanted)

        return await self._db.attempt(spread)

    async def send_due(self) -> int:
        """Tries what is due; how many were tried."""
        tried = 0
        while taken := await self._take():
            await asyncio.gather(*(self._send(delivery, webhook) for delivery, webhook in taken))
            tried += len(taken)
        return tried

    async def _take(self) -> list[tuple[WebhookDelivery, Webhook]]:
        async def take(tx: Transaction) -> list[tuple[WebhookDelivery, Webhook]]:
            at = now()
            found = await repository.take_due(
                tx.session, at=at, lease_until=at + LEASE, limit=SEND_AT_ONCE
            )
            return list(found)

        async with self._db.read() as session:
            if not await repository.anything_due(session, at=now()):
                return []
        return await self._db.attempt(take)

    async def _send(self, delivery: WebhookDelivery, webhook: Webhook) -> None:
        async with self._db.read() as session:
            payload = await load_payload(session, delivery)
        answer = await self._caller.call(webhook, delivery, payload)
        if not answer.is_taken:
            log.warning(
                "webhook.not_taken",
                webhook=webhook.id,
                delivery=delivery.id,
                attempt=delivery.attempts,
                status=answer.status,
                problem=answer.problem,
            )
        await self._db.attempt(lambda tx: self._settle(tx, delivery, answer))

    async def _settle(self, tx: Transaction, tried: WebhookDelivery, answer: Answer) -> None:
        webhook = await tx.session.get(Webhook, tried.webhook_id)
        delivery = await tx.session.get(WebhookDelivery, tried.id)
        if webhook is None or delivery is None:
            return  # removed meanwhile
        delivery.http_status, delivery.problem = answer.status, answer.problem
        delivery.took_ms = answer.took_ms
        at = now()
        if answer.is_taken:
            delivery.status, delivery.finished_at = "delivered", at
            await repository.note_failing(tx.session, webhook.id, None)
            return
        await repository.note_failing(tx.session, webhook.id, webhook.failing_since or at)
        if delivery.attempts > len(PAUSES):
            delivery.status, delivery.finished_at = "dead", at
        else:
            delivery.due_at = at + timedelta(seconds=_pause(delivery.attempts, answer))
        if answer.status == GONE:
            _switch_off(webhook, at, "410 Gone")
        elif webhook.failing_since is not None and at - webhook.failing_since > GIVE_UP_AFTER:
            _switch_off(webhook, at, answer.problem or f"HTTP {answer.status}")


def _wants(webhook: Webhook, entry: FeedEntry) -> bool:
    return entry.desk in webhook.desks and entry.kind in (webhook.kinds or UNNAMED)


def _pause(attempts: int, answer: Answer) -> float:
    wished = min(answer.retry_after or 0.0, LONGEST_WISH)
    return max(float(PAUSES[attempts - 1]), wished)


def _switch_off(webhook: Webhook, at: datetime, why: str) -> None:
    webhook.disabled_at, webhook.disabled_because = at, why[:300]
    log.error("webhook.switched_off", webhook=webhook.id, why=why)
