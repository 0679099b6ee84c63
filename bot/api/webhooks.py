"""Webhooks: set up, tried, looked after."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from bot.api.guard import Guard, check_webhook, doer_of
from bot.api.schemas import (
    DeliveryList,
    DeliveryOut,
    WebhookChange,
    WebhookIn,
    WebhookList,
    WebhookOut,
    WebhookWithSecret,
)
from bot.api.shapes import delivery_out, webhook_out
from bot.api_tokens.scopes import Scope
from bot.api_tokens.service import Program
from bot.audit.acts import Doer
from bot.webhooks.models import Webhook
from bot.webhooks.service import Change, Webhooks, Wish

Id = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,36}$")]
MAX_NUMBER = 2**63 - 1


def webhook_routes(webhooks: Webhooks, *, guard: Guard) -> APIRouter:
    """Under /webhooks."""
    router = APIRouter(tags=["webhooks"])
    Manager = Annotated[Program, Depends(guard.needs(Scope.MANAGE_WEBHOOKS))]

    async def who(request: Request, program: Manager) -> Doer:
        return doer_of(request, program)

    By = Annotated[Doer, Depends(who)]

    @router.get("/webhooks")
    async def list_webhooks(program: Manager) -> WebhookList:
        """Those of your desks."""
        return WebhookList(webhooks=[webhook_out(one) for one in await webhooks.all(program.agent)])

    @router.post("/webhooks", status_code=201)
    async def add_webhook(program: Manager, by: By, wish: WebhookIn) -> WebhookWithSecret:
        """It is told of what happens from now on. Keep the secret: it is shown this once.

        `message.created`, which no `kinds` include, needs `conversations:read` too."""
        check_webhook(program, wish.kinds)
        made = await webhooks.add(program.agent, by, Wish(wish.url, wish.kinds, wish.desks))
        return _with_secret(made)

    @router.get("/webhooks/{webhook_id}")
    async def read_webhook(program: Manager, webhook_id: Id) -> WebhookOut:
        """One of them."""
        return webhook_out(await webhooks.one(program.agent, webhook_id))

    @router.patch("/webhooks/{webhook_id}")
    async def change_webhook(
        program: Manager, by: By, webhook_id: Id, wish: WebhookChange
    ) -> WebhookOut:
        """Switched on again, it goes on behind what it was told of last."""
        change = Change(wish.url, wish.kinds, wish.active)

        def check(kinds: Sequence[str]) -> None:
            check_webhook(program, kinds)

        changed = await webhooks.change(program.agent, by, webhook_id, change, check_told=check)
        return webhook_out(changed)

    @router.delete("/webhooks/{webhook_id}", status_code=204)
    async def remove_webhook(program: Manager, by: By, webhook_id: Id) -> None:
        """With its log."""
        await webhooks.remove(program.agent, by, webhook_id)

    @router.post("/webhooks/{webhook_id}/secret")
    async def renew_secret(program: Manager, by: By, webhook_id: Id) -> WebhookWithSecret:
        """The old one is worth nothing from now on."""
        return _with_secret(await webhooks.new_secret(program.agent, by, webhook_id))

    @router.post("/webhooks/{webhook_id}/ping", status_code=202)
    async def ping(program: Manager, webhook_id: Id) -> DeliveryOut:
        """Sends `webhook.ping`, as everything is sent; the log says what came of it."""
        return delivery_out(await webhooks.ping(program.agent, webhook_id))

    @router.get("/webhooks/{webhook_id}/deliveries")
    async def list_deliveries(
        program: Manager,
        webhook_id: Id,
        before: Annotated[int | None, Query(ge=0, le=MAX_NUMBER)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> DeliveryList:
        """The log of 30 days, the newest first."""
        rows = await webhooks.log(program.agent, webhook_id, before=before, limit=limit)
        return DeliveryList(deliveries=[delivery_out(row) for row in rows])

    @router.post("/webhooks/{webhook_id}/deliveries/{delivery_id}/again", status_code=202)
    async def send_again(
        program: Manager,
        webhook_id: Id,
        delivery_id: Annotated[int, Path(ge=0, le=MAX_NUMBER)],
    ) -> DeliveryOut:
        """Tries it anew, under the same `webhook-id`."""
        return delivery_out(await webhooks.send_again(program.agent, webhook_id, delivery_id))

    return router


def _with_secret(made: Webhook) -> WebhookWithSecret:
    return WebhookWithSecret(**webhook_out(made).model_dump(), secret=made.secret)
