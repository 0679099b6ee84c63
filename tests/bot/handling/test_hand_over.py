"""Handing over: to a colleague or to another desk, with a note; the customer is told politely."""

import pytest

from bot.accounts.permissions import Role
from bot.conversations.state import Status
from tests.desk import DESK
from tests.inbox import AgentBrowser, Office

pytestmark = pytest.mark.asyncio


async def claimed(office: Office, agent: AgentBrowser) -> str:
    conversation = await office.customer_says("Hello?")
    await agent.act(conversation, "claim", epoch=await office.epoch(conversation))
    return conversation


async def test_a_colleague_has_it_at_once_and_the_note_stays_inside(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await claimed(office, anna)
    epoch = await office.epoch(conversation)
    form = await anna.page(f"/inbox/conversations/{conversation}/panel/hand_over")
    assert f'value="agent:{piotr.agent.id}"' in form
    assert f'value="agent:{anna.agent.id}"' not in form
    fields = {"to": f"agent:{piotr.agent.id}", "note": "He is a regular", "epoch": epoch}
    assert (await anna.act(conversation, "hand_over", **fields)).status_code == 200
    now = await office.conversation(conversation)
    assert (now.status, now.agent_name, now.epoch) == (Status.WITH_AGENT, "Piotr", epoch + 1)
    said = (await office.messages(conversation))[-1].text
    assert said.startswith("Piotr takes over from here")
    assert all("regular" not in m.text for m in await office.messages(conversation))
    page = await piotr.page(f"/inbox/conversations/{conversation}")
    assert "He is a regular" in page
    assert "Anna handed it over to Piotr" in page
    late = await anna.act(conversation, "reply", text="Wait", epoch=epoch, key="k")
    assert late.status_code == 409, "whoever had it before sends no more"


async def test_another_desk_gets_it_into_its_queue_with_its_deadline(office: Office) -> None:
    anna, iga = await office.hire("Anna"), await office.hire("Iga", desks=["it-help"])
    conversation = await claimed(office, anna)
    epoch = await office.epoch(conversation)
    fields = {"to": "desk:it-help", "note": "A laptop", "epoch": epoch}
    moved = await anna.act(conversation, "hand_over", **fields)
    assert moved.headers["hx-redirect"] == "/inbox", "Anna does not work there"
    now = await office.conversation(conversation)
    assert (now.status, now.desk, now.agent_id) == (Status.QUEUED, "it-help", None)
    assert now.due_at is not None
    assert "IT help" in (await office.messages(conversation))[-1].text
    assert conversation in await iga.page("/inbox", view="queue")
    assert "A laptop" in await iga.page(f"/inbox/conversations/{conversation}")


async def test_from_queue_to_queue_the_wait_goes_on(office: Office) -> None:
    anna = await office.hire("Anna", desks=[DESK, "it-help"])
    conversation = await office.customer_says("Hello?")
    before = await office.conversation(conversation)
    fields = {"to": "desk:it-help", "epoch": before.epoch}
    assert (await anna.act(conversation, "hand_over", **fields)).status_code == 200
    now = await office.conversation(conversation)
    assert (now.desk, now.queued_at, now.epoch) == ("it-help", before.queued_at, before.epoch + 1)
    stale = await anna.act(conversation, "claim", epoch=before.epoch)
    assert stale.status_code == 409


async def test_what_cannot_be_is_refused_and_changes_nothing(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    iga = await office.hire("Iga", desks=["it-help"])
    conversation = await claimed(office, anna)
    epoch = await office.epoch(conversation)
    for to, status in (
        ("", 422),
        ("agent:nobody", 422),
        (f"agent:{anna.agent.id}", 422),
        (f"agent:{iga.agent.id}", 422),
        (f"desk:{DESK}", 422),
        ("desk:nowhere", 404),
    ):
        assert (await anna.act(conversation, "hand_over", to=to, epoch=epoch)).status_code == status
    theirs = {"to": f"agent:{piotr.agent.id}", "epoch": epoch}
    assert (await piotr.act(conversation, "hand_over", **theirs)).status_code == 409
    assert (await iga.act(conversation, "hand_over", **theirs)).status_code == 404
    assert (await anna.act(conversation, "hand_over", **theirs | {"epoch": 1})).status_code == 409
    now = await office.conversation(conversation)
    assert (now.agent_id, now.epoch) == (anna.agent.id, epoch)


async def test_a_lead_moves_what_is_another_agents(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    lead = await office.hire("Ewa", role=Role.LEAD)
    conversation = await claimed(office, anna)
    assert 'id="open-hand_over"' not in await piotr.page(f"/inbox/conversations/{conversation}")
    assert 'id="open-hand_over"' in await lead.page(f"/inbox/conversations/{conversation}")
    fields = {"to": f"agent:{piotr.agent.id}", "epoch": await office.epoch(conversation)}
    assert (await lead.act(conversation, "hand_over", **fields)).status_code == 200
    assert (await office.conversation(conversation)).agent_name == "Piotr"


async def test_a_lead_takes_over_what_another_agent_has(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    lead = await office.hire("Ewa", role=Role.LEAD)
    conversation = await claimed(office, anna)
    form = f"/inbox/conversations/{conversation}/panel/hand_over"
    assert "Ewa (you take over)" in await lead.page(form)
    assert "you take over" not in await anna.page(form)
    assert "you take over" not in await piotr.page(form)
    fields = {"to": f"agent:{lead.agent.id}", "epoch": await office.epoch(conversation)}
    assert (await lead.act(conversation, "hand_over", **fields)).status_code == 200
    assert (await office.conversation(conversation)).agent_name == "Ewa"
    assert "you take over" not in await lead.page(form), "it is hers already"
