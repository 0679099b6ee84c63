"""Webhooks as whoever may manage them sees them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from bot.accounts.models import Agent
from bot.audit.acts import Act, Doer
from bot.audit.repository import record
from bot.clock import now
from bot.db import Database, Transaction
from bot.errors import FirstlineError
from bot.feed import repository as feed
from bot.feed.kinds import KINDS
from bot.webhooks import repository
from bot.webhooks.models import Webhook, WebhookDelivery
from bot.webhooks.place import check_url
from bot.webhooks.signature import new_secret

PING = "webhook.ping"


class NoSuchWebhook(FirstlineError):
    """It does not exist, or it is of a desk that is not yours."""

    code = "no_such_webhook"
    status = 404


class NoSuchKind(FirstlineError):
    """The feed knows nothing by this name."""

    code = "no_such_event"
    status = 422


class NoSuchDesk(FirstlineError):
    """Not a desk of the one who asks."""

    code = "not_your_desk"
    status = 422


@dataclass(frozen=True)
class Wish:
    """What a webhook shall be: empty kinds or desks mean all (of its maker's)."""

    url: str
    kinds: Sequence[str] = ()
    desks: Sequence[str] = ()


@dataclass(frozen=True)
class Change:
    """What of a webhook shall change; None leaves it as it is."""

    url: str | None = None
    kinds: Sequence[str] | None = None
    is_active: bool | None = None


@dataclass
class Ping:
    """A try: an entry that stands in no feed."""

    desk: str
    id: int = 0
    kind: str = PING
    at: str = ""
    details: dict[str, str] = field(default_factory=dict)


class Webhooks:
    """Keeps them. Who manages one works at all of its desks."""

    def __init__(self, db: Database, *, private_allowed: bool) -> None:
        self._db = db
        self._private_allowed = private_allowed

    async def add(self, agent: Agent, doer: Doer, wish: Wish) -> Webhook:
        """It is told of what happens from now on. Raises BadWebhookUrl, NoSuchKind, NoSuchDesk."""
        url = check_url(wish.url, private_allowed=self._private_allowed)
        _check_kinds(wish.kinds)
        desks = list(wish.desks) or list(agent.desks)
        for desk in desks:
            if desk not in agent.desks:
                raise NoSuchDesk(desk=desk)

        async def add(tx: Transaction) -> Webhook:
            made = Webhook(
                url=url,
                secret=new_secret(),
                kinds=list(wish.kinds),
                desks=desks,
                made_by=agent.id,
                cursor=await feed.last_number(tx.session),
            )
            tx.session.add(made)
            record(tx, Act.WEBHOOK_MADE, doer, url=url)
            return made

        return await self._db.attempt(add)

    async def all(self, agent: Agent) -> list[Webhook]:
        """Those whose desks are all the agent's."""
        async with self._db.read() as session:
            return [one for one in await repository.webhooks(session) if _may(agent, one)]

    async def one(self, agent: Agent, webhook_id: str) -> Webhook:
        """Raises NoSuchWebhook."""
        async with self._db.read() as session:
            return _allowed(agent, await session.get(Webhook, webhook_id))

    async def change(
        self,
        agent: Agent,
        doer: Doer,
        webhook_id: str,
        change: Change,
        *,
        check_told: Callable[[Sequence[str]], None] = lambda kinds: None,
    ) -> Webhook:
        """Raises NoSuchWebhook, BadWebhookUrl, NoSuchKind, and what `check_told` raises of kinds
        that would be told to another address, or were not told before.

        One that is switched on again goes on behind the last entry that it was told of.
        """
        url = change.url
        if url is not None:
            check_url(url, private_allowed=self._private_allowed)
        _check_kinds(change.kinds or ())

        async def carry_out(tx: Transaction) -> Webhook:
            found = _allowed(agent, await tx.session.get(Webhook, webhook_id))
            found.url = url or found.url
            if change.kinds is not None:
                found.kinds = list(change.kinds)
            if change.url is not None or change.kinds is not None:
                check_told(found.kinds)
            if change.is_active is not None:
                found.disabled_at = None if change.is_active else now()
                found.disabled_because = None
                found.failing_since = None
            record(tx, Act.WEBHOOK_CHANGED, doer, url=found.url)
            return found

        return await self._db.attempt(carry_out)

    async def new_secret(self, agent: Agent, doer: Doer, webhook_id: str) -> Webhook:
        """The old one is worth nothing from now on. Raises NoSuchWebhook."""

        async def carry_out(tx: Transaction) -> Webhook:
            found = _allowed(agent, await tx.session.get(Webhook, webhook_id))
            found.secret = new_secret()
            record(tx, Act.WEBHOOK_SECRET_RENEWED, doer, url=found.url)
            return found

        return await self._db.attempt(carry_out)

    async def remove(self, agent: Agent, doer: Doer, webhook_id: str) -> None:
        """With its log. Raises NoSuchWebhook."""

        async def carry_out(tx: Transaction) -> None:
            found = _allowed(agent, await tx.session.get(Webhook, webhook_id))
            await repository.remove(tx.session, webhook_id)
            record(tx, Act.WEBHOOK_REMOVED, doer, url=found.url)

        await self._db.attempt(carry_out)

    async def ping(self, agent: Agent, webhook_id: str) -> WebhookDelivery:
        """Sends a try, as everything is sent. Raises NoSuchWebhook."""

        async def carry_out(tx: Transaction) -> WebhookDelivery:
            found = _allowed(agent, await tx.session.get(Webhook, webhook_id))
            entry = asdict(Ping(desk=found.desks[0], at=now().isoformat()))
            made = WebhookDelivery(webhook_id=found.id, kind=PING, entry=entry, due_at=now())
            tx.session.add(made)
            await tx.session.flush()
            return made

        return await self._db.attempt(carry_out)

    async def log(
        self, agent: Agent, webhook_id: str, *, before: int | None, limit: int
    ) -> Sequence[WebhookDelivery]:
        """Every delivery, the newest first. Raises NoSuchWebhook."""
        async with self._db.read() as session:
            _allowed(agent, await session.get(Webhook, webhook_id))
            return await repository.deliveries_of(session, webhook_id, before=before, limit=limit)

    async def send_again(self, agent: Agent, webhook_id: str, delivery_id: int) -> WebhookDelivery:
        """Tries a settled delivery anew. Raises NoSuchWebhook."""

        async def carry_out(tx: Transaction) -> WebhookDelivery:
            _allowed(agent, await tx.session.get(Webhook, webhook_id))
            found = await tx.session.get(WebhookDelivery, delivery_id)
            if found is None or found.webhook_id != webhook_id:
                raise NoSuchWebhook
            found.status, found.due_at, found.finished_at = "waiting", now(), None
            found.attempts = 0
            return found

        return await self._db.attempt(carry_out)

    async def forget_old(self, *, before: datetime, limit: int) -> int:
        """Deletes what is settled and old; how many."""

        async def forget(tx: Transaction) -> int:
            return await repository.forget(tx.session, before=before, limit=limit)

        return await self._db.attempt(forget)


def _may(agent: Agent, webhook: Webhook) -> bool:
    return set(webhook.desks) <= set(agent.desks)


def _allowed(agent: Agent, webhook: Webhook | None) -> Webhook:
    if webhook is None or not _may(agent, webhook):
        raise NoSuchWebhook
    return webhook


def _check_kinds(kinds: Sequence[str]) -> None:
    for kind in kinds:
        if kind not in KINDS:
            raise NoSuchKind(kind=kind[:60], known=", ".join(KINDS))
