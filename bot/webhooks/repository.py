"""What is asked of the database about webhooks."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.webhooks.models import Webhook, WebhookDelivery

# Spelled out in the statement, so that both databases see that their partial index fits.
_IS_WAITING = WebhookDelivery.status == literal_column("'waiting'")


async def any_active(session: AsyncSession) -> bool:
    """Whether anybody wants to be told."""
    found = select(Webhook.id).where(Webhook.disabled_at.is_(None)).limit(1)
    return await session.scalar(found) is not None


async def active_ids(session: AsyncSession) -> Sequence[str]:
    """Who wants to be told."""
    found = select(Webhook.id).where(Webhook.disabled_at.is_(None)).order_by(Webhook.created_at)
    return (await session.scalars(found)).all()


async def lock_active(session: AsyncSession, webhook_id: str) -> Webhook | None:
    """The webhook, for this process alone; None when another one is at it."""
    return await session.scalar(
        select(Webhook)
        .where(Webhook.id == webhook_id, Webhook.disabled_at.is_(None))
        .with_for_update(skip_locked=True)
    )


async def webhooks(session: AsyncSession) -> Sequence[Webhook]:
    """All of them, the oldest first."""
    found = select(Webhook).order_by(Webhook.created_at, Webhook.id)
    return (await session.scalars(found)).all()


async def anything_due(session: AsyncSession, *, at: datetime) -> bool:
    """Whether there may be something to try; asks without a lock."""
    found = select(WebhookDelivery.id).where(_IS_WAITING, WebhookDelivery.due_at <= at).limit(1)
    return await session.scalar(found) is not None


async def take_due(
    session: AsyncSession, *, at: datetime, lease_until: datetime, limit: int
) -> Sequence[tuple[WebhookDelivery, Webhook]]:
    """Deliveries to try now; until `lease_until` no other process takes them."""
    rows = await session.execute(
        select(WebhookDelivery, Webhook)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(_IS_WAITING, WebhookDelivery.due_at <= at, Webhook.disabled_at.is_(None))
        .order_by(WebhookDelivery.due_at, WebhookDelivery.id)
        .limit(limit)
        .with_for_update(of=WebhookDelivery, skip_locked=True)
    )
    taken = [(delivery, webhook) for delivery, webhook in rows]
    for delivery, _ in taken:
        delivery.due_at = lease_until
        delivery.attempts += 1
    return taken


async def deliveries_of(
    session: AsyncSession, webhook_id: str, *, before: int | None, limit: int
) -> Sequence[WebhookDelivery]:
    """The log, the newest first, from before this number on."""
    question = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    if before is not None:
        question = question.where(WebhookDelivery.id < before)
    return (await session.scalars(question.order_by(WebhookDelivery.id.desc()).limit(limit))).all()


async def remove(session: AsyncSession, webhook_id: str) -> None:
    """The webhook and its log."""
    await session.execute(delete(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id))
    await session.execute(delete(Webhook).where(Webhook.id == webhook_id))


async def forget(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Deletes some of the oldest that are settled; how many."""
    oldest = (
        select(WebhookDelivery.id)
        .where(WebhookDelivery.finished_at < before)
        .order_by(WebhookDelivery.finished_at)
        .limit(limit)
    )
    gone = await session.scalars(
        delete(WebhookDelivery).where(WebhookDelivery.id.in_(oldest)).returning(WebhookDelivery.id)
    )
    return len(gone.all())


async def note_failing(session: AsyncSession, webhook_id: str, since: datetime | None) -> None:
    """Since when nothing gets through; None: it does."""
    changes = Webhook.failing_since.is_(None) if since else Webhook.failing_since.is_not(None)
    await session.execute(
        update(Webhook).where(Webhook.id == webhook_id, changes).values(failing_since=since)
    )
