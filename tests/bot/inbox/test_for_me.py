"""What came to an agent by others is told to their page: it rings, and stays until they look."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.accounts.permissions import Role
from bot.clock import now
from bot.conversations.models import Conversation
from bot.timers.models import Timer
from tests.inbox import AgentBrowser, Office

pytestmark = pytest.mark.asyncio


async def claimed(office: Office, agent: AgentBrowser) -> str:
    conversation = await office.customer_says("Hello?")
    await agent.act(conversation, "claim", epoch=await office.epoch(conversation))
    return conversation


async def told(agent: AgentBrowser) -> tuple[dict[str, float], str]:
    """When the newest of each kind came, as the agent's page hears it; and its title."""
    page = await agent.page("/inbox/list")
    found = re.findall(r'data-(assigned|woken|mention)="([\d.]+)"', page)
    title = page.split("<title>")[1].split("</title>")[0].strip()
    return {kind: float(at) for kind, at in found}, title


async def test_what_a_colleague_hands_over_is_told_until_it_is_looked_at(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await claimed(office, anna)
    assert (await told(anna))[0]["assigned"] == 0, "what one takes oneself is no news"
    before = (await told(piotr))[0]
    assert before == {"assigned": 0, "woken": 0, "mention": 0}
    fields = {"to": f"agent:{piotr.agent.id}", "epoch": await office.epoch(conversation)}
    await anna.act(conversation, "hand_over", **fields, note="A regular")
    heard, title = await told(piotr)
    assert abs(heard["assigned"] - now().timestamp()) < 600
    assert title == "1 for you · Inbox", "its note names him too, and it is one conversation"
    assert (await told(anna))[1] == "Inbox"
    await piotr.page(f"/inbox/conversations/{conversation}")
    again, title = await told(piotr)
    assert (again, title) == (heard, "Inbox"), "no second ring"


async def test_what_a_lead_takes_is_no_news_to_the_lead(office: Office) -> None:
    anna, lead = await office.hire("Anna"), await office.hire("Ewa", role=Role.LEAD)
    conversation = await claimed(office, anna)
    fields = {"to": f"agent:{lead.agent.id}", "epoch": await office.epoch(conversation)}
    await lead.act(conversation, "hand_over", **fields)
    assert (await office.conversation(conversation)).agent_id == lead.agent.id
    heard, title = await told(lead)
    assert (heard["assigned"], title) == (0, "Inbox")


async def test_who_answers_has_looked(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await claimed(office, anna)
    fields = {"to": f"agent:{piotr.agent.id}", "epoch": await office.epoch(conversation)}
    await anna.act(conversation, "hand_over", **fields)
    reply = {"text": "Hello", "epoch": await office.epoch(conversation), "key": "k"}
    await piotr.act(conversation, "reply", **reply)
    assert (await told(piotr))[1] == "Inbox"


async def test_what_was_put_off_and_is_back_is_told(office: Office) -> None:
    anna = await office.hire()
    conversation = await claimed(office, anna)
    epoch = await office.epoch(conversation)
    await anna.act(conversation, "snooze", epoch=epoch, until="hour")
    assert (await told(anna))[0]["woken"] == 0
    async with office.parts.db.write() as tx:
        over = now() - timedelta(seconds=1)
        await tx.session.execute(update(Timer).values(due_at=over))
        await tx.session.execute(update(Conversation).values(due_at=over))
    await office.parts.timers.sweep()
    heard, title = await told(anna)
    assert heard["woken"] > 0
    assert (heard["assigned"], title) == (0, "1 for you · Inbox")
    await anna.page(f"/inbox/conversations/{conversation}")
    assert (await told(anna))[1] == "Inbox"


async def test_a_note_that_names_somebody_is_told_on_the_closed_menu_too(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await claimed(office, anna)
    await anna.act(conversation, "note", note="@Piotr, look")
    await anna.act(conversation, "ask", to=piotr.agent.id, note="May we?")
    heard, title = await told(piotr)
    assert heard["mention"] > 0
    assert title == "1 for you · Inbox"
    page = await piotr.page("/inbox/list")
    summary = page.split("<summary")[1].split("</summary>")[0]
    assert "1 conversation with a new note that names you" in summary
    await piotr.post("/inbox/language", language="pl")
    page = await piotr.page("/inbox/list")
    assert "1 rozmowa z nową notatką, która o Tobie wspomina" in page
    assert "<title>Dla Ciebie: 1 · Skrzynka" in page
    await piotr.page(f"/inbox/conversations/{conversation}")
    page = await piotr.page("/inbox/list")
    assert "nową notatką" not in page
    assert "<title>Skrzynka" in page
    assert (await told(anna))[0]["mention"] == 0
