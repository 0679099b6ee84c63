"""Putting a conversation off, and sending again what could not be delivered: pages and buttons."""

import pytest
from sqlalchemy import update

from bot.conversations.state import Status
from bot.outbox.models import Delivery
from bot.texts import text
from tests.inbox import AgentBrowser, Office

pytestmark = pytest.mark.asyncio


async def claimed(office: Office, agent: AgentBrowser) -> str:
    conversation = await office.customer_says("Hello?")
    await agent.act(conversation, "claim", epoch=await office.epoch(conversation))
    return conversation


async def test_put_off_and_go_on(office: Office) -> None:
    anna = await office.hire()
    conversation = await claimed(office, anna)
    epoch = await office.epoch(conversation)
    assert 'id="do-snooze"' in await anna.page(f"/inbox/conversations/{conversation}")
    page = (await anna.act(conversation, "snooze", epoch=epoch, until="morning")).text
    assert text("inbox.head.snoozed_until", "en") in page
    assert 'id="do-wake"' in page
    assert 'id="do-snooze"' not in page
    assert (await office.conversation(conversation)).status is Status.SNOOZED
    page = (await anna.act(conversation, "wake", epoch=epoch)).text
    assert 'id="do-snooze"' in page
    assert (await office.conversation(conversation)).status is Status.WITH_AGENT


async def test_only_its_agent_puts_it_off_and_only_until_a_time_that_is_offered(
    office: Office,
) -> None:
    anna, ben = await office.hire(), await office.hire("Ben")
    conversation = await claimed(office, anna)
    epoch = await office.epoch(conversation)
    assert (await ben.act(conversation, "snooze", epoch=epoch, until="hour")).status_code == 409
    assert (await anna.act(conversation, "snooze", epoch=epoch, until="ever")).status_code == 422
    assert (await anna.act(conversation, "snooze", epoch=0, until="hour")).status_code == 409
    assert (await office.conversation(conversation)).status is Status.WITH_AGENT


async def dead_letter(office: Office, anna: AgentBrowser, conversation: str) -> int:
    """The number of a reply that its customer never got."""
    reply = {"text": "Good morning", "epoch": await office.epoch(conversation), "key": "k"}
    await anna.act(conversation, "reply", **reply)
    await office.settle()
    said = (await office.messages(conversation))[-1]
    await office.parts.outbox._write()
    async with office.parts.db.write() as tx:
        dead = update(Delivery).where(Delivery.message_id == said.id)
        await tx.session.execute(
            dead.values(status="dead", problem="403 Forbidden", problem_kind="blocked")
        )
    return said.seq


async def status_of(office: Office, conversation: str, seq: int) -> str:
    await office.settle()
    await office.parts.outbox._write()
    async with office.parts.db.read() as session:
        row = await session.execute(
            Delivery.__table__.select().where(
                Delivery.conversation_id == conversation, Delivery.seq == seq
            )
        )
        return str(row.one().status)


async def test_a_dead_letter_is_found_and_sent_again(office: Office) -> None:
    anna = await office.hire()

    async def is_urged() -> bool:
        """Whether its tab stands with the first ones, rather than behind “More”."""
        return 'id="tab-undelivered"' in (await anna.page("/inbox")).split("more-views")[0]

    assert not await is_urged()
    conversation = await claimed(office, anna)
    seq = await dead_letter(office, anna, conversation)
    assert await is_urged()
    assert f'id="row-{conversation}"' in await anna.page("/inbox", view="undelivered")
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert text("inbox.problem.blocked", "en") in page
    assert "(403 Forbidden)" in page
    assert f'id="send-again-{seq}"' in page

    fields = {"epoch": await office.epoch(conversation), "seq": seq}
    page = (await anna.act(conversation, "send_again", **fields)).text
    assert "send-again-" not in page
    assert await status_of(office, conversation, seq) == "delivered"
    assert (await office.events(conversation))[-1] == "sent_again"
    assert not await is_urged()
    again = await anna.act(conversation, "send_again", **fields)
    assert again.status_code == 404, "there is nothing to send a second time"


async def test_who_may_not_answer_may_not_send_again(office: Office) -> None:
    anna, ben = await office.hire(), await office.hire("Ben")
    eve = await office.hire("Eve", desks=["it-help"])
    conversation = await claimed(office, anna)
    seq = await dead_letter(office, anna, conversation)
    epoch = await office.epoch(conversation)
    refused = {"Ben": 409, "Eve": 404}
    for agent in (ben, eve):
        response = await agent.act(conversation, "send_again", epoch=epoch, seq=seq)
        assert response.status_code == refused[agent.agent.name]
    assert "send-again-" not in await ben.page(f"/inbox/conversations/{conversation}")
    stale = await anna.act(conversation, "send_again", epoch=epoch - 1, seq=seq)
    assert stale.status_code == 409
    assert await status_of(office, conversation, seq) == "dead"
    await anna.act(conversation, "release", epoch=epoch)
    # In the queue it is everybody's at this desk.
    done = await ben.act(conversation, "send_again", epoch=epoch + 1, seq=seq)
    assert done.status_code == 200
    assert await status_of(office, conversation, seq) == "delivered"
