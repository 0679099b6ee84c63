"""Agents who are told by mail and by push of everything that they can be told of."""

import json

from sqlalchemy import select, update

from bot.alerts.models import AgentAlert
from bot.alerts.rules import PATIENCES, When, offered
from bot.assembly import Parts
from bot.clock import now
from tests.inbox import AgentBrowser
from tests.push_service import PushedTo
from tests.smtp_server import Postbox


async def listens(agent: AgentBrowser, browser: PushedTo) -> None:
    """As the page of alerts is filled in."""
    on = await agent.post("/inbox/alerts/push/browsers", htmx=False, **browser.fields)
    assert on.status_code == 204, on.text
    for way in ("mail", "push"):
        kinds = [kind.value for kind in offered(agent.agent)]
        wish = {"kind": kinds, "patience": str(PATIENCES[0]), "when": When.ALWAYS.value}
        kept = await agent.post(f"/inbox/alerts/{way}", htmx=False, **wish)
        assert kept.status_code == 303, kept.text


async def alerts_go_out(parts: Parts) -> None:
    """Nobody has looked in time: what waits is due, and the desk sends it."""
    async with parts.db.write() as tx:
        waiting = update(AgentAlert).where(AgentAlert.status == "waiting", AgentAlert.attempts == 0)
        await tx.session.execute(waiting.values(due_at=now()))
    await parts.alerts.postman.sweep()


async def told_of(parts: Parts) -> set[tuple[str, str, str]]:
    """(conversation, kind, way) of every alert that went out."""
    async with parts.db.read() as session:
        rows = await session.scalars(select(AgentAlert).where(AgentAlert.status == "sent"))
        return {(row.conversation_id, row.kind, row.way) for row in rows}


def mails_to(postbox: Postbox, address: str) -> list[str]:
    """The whole mails, headers too, and their parts as people read them."""
    found = []
    for mail, recipients in zip(postbox.mails, postbox.recipients, strict=True):
        if recipients == [address]:
            parts = [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]
            found.append("\n".join([mail.as_string(), *parts]))
    return found


def pushed(browser: PushedTo) -> list[str]:
    """What the service worker gets to show."""
    bodies = range(len(browser.bodies))
    return [json.dumps(browser.read(place), ensure_ascii=False) for place in bodies]
