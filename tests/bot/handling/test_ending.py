"""Merging duplicates, blocking customers, putting off until a time of one's own; priority."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.accounts.permissions import Role
from bot.clock import now
from bot.conversations.errors import Blocked
from bot.conversations.state import Status
from bot.priority import Priority
from bot.records.models import Block
from tests.desk import DESK
from tests.inbox import AgentBrowser, Office

pytestmark = pytest.mark.asyncio


async def two_of_one_customer(office: Office, who: str = "v") -> tuple[str, str]:
    """The same visitor at two desks, as the widget of each opens them."""
    first = await office.customer_says("Where is it?", thread=f"{who}:care", customer=who)
    at_it = {"thread": f"{who}:it", "customer": who, "desk": "it-help"}
    second = await office.customer_says("As I said", **at_it)
    return first, second


async def test_a_duplicate_is_closed_and_linked_and_the_link_can_be_undone(office: Office) -> None:
    anna = await office.hire(desks=[DESK, "it-help"])
    main, duplicate = await two_of_one_customer(office)
    form = await anna.page(f"/inbox/conversations/{duplicate}/panel/merge")
    assert f'value="{main}"' in form
    before = [m.text for m in await office.messages(main)]
    fields = {"main": main, "epoch": await office.epoch(duplicate)}
    assert (await anna.act(duplicate, "merge", **fields)).status_code == 200
    closed = await office.conversation(duplicate)
    assert (closed.status, closed.closed_as) == (Status.CLOSED, "merged")
    assert "your other conversation" in (await office.messages(duplicate))[-1].text
    assert [m.text for m in await office.messages(main)] == before, "messages stay in place"
    assert f"/inbox/conversations/{main}" in await anna.page(f"/inbox/conversations/{duplicate}")
    assert "Open the duplicate" in await anna.page(f"/inbox/conversations/{main}")
    back = {"main": duplicate, "epoch": await office.epoch(main)}
    assert (await anna.act(main, "merge", **back)).status_code == 409, "no ring"
    assert (await anna.act(duplicate, "unmerge")).status_code == 200
    assert "Open the duplicate" not in await anna.page(f"/inbox/conversations/{main}")
    assert (await office.conversation(duplicate)).status is Status.CLOSED
    assert (await anna.act(duplicate, "unmerge")).status_code == 404


async def test_only_two_conversations_of_one_customer_are_merged(office: Office) -> None:
    anna = await office.hire(desks=[DESK, "it-help"])
    iga = await office.hire("Iga", desks=["it-help"])
    main, duplicate = await two_of_one_customer(office)
    other = await office.customer_says("Hello?", thread="somebody")
    epoch = await office.epoch(duplicate)
    for agent, into, status in (
        (anna, other, 409),
        (anna, duplicate, 409),
        (anna, "nothing", 404),
        (iga, main, 404),
    ):
        refused = await agent.act(duplicate, "merge", main=into, epoch=epoch)
        assert refused.status_code == status
    assert (await anna.act(duplicate, "merge", main=main, epoch=0)).status_code == 409
    assert (await office.conversation(duplicate)).status is Status.QUEUED


async def test_what_a_colleague_has_is_merged_by_them_or_a_lead_alone(office: Office) -> None:
    both = [DESK, "it-help"]
    anna, piotr = await office.hire("Anna", both), await office.hire("Piotr", both)
    lead = await office.hire("Ewa", both, role=Role.LEAD)
    for visitor, owner in (("v", anna), ("w", lead)):
        main, duplicate = await two_of_one_customer(office, visitor)
        await anna.act(duplicate, "claim", epoch=await office.epoch(duplicate))
        epoch, before = await office.epoch(duplicate), await office.events(duplicate)
        refused = await piotr.act(duplicate, "merge", main=main, epoch=epoch)
        assert refused.status_code == 409
        assert "Anna" in refused.text
        now = await office.conversation(duplicate)
        assert (now.status, now.agent_id) == (Status.WITH_AGENT, anna.agent.id)
        assert (await office.events(duplicate), now.epoch) == (before, epoch)
        assert "merged" not in await office.events(main)
        merged = await owner.act(duplicate, "merge", main=main, epoch=epoch)
        assert merged.status_code == 200
        assert (await office.conversation(duplicate)).closed_as == "merged"


async def blocks(office: Office) -> list[Block]:
    async with office.parts.db.read() as session:
        return list(await session.scalars(select(Block)))


async def test_a_blocked_customer_is_refused_politely_until_it_is_lifted(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("Insults")
    for reason in ("", "  ", "x" * 501):
        assert (await anna.act(conversation, "block", reason=reason)).status_code == 422
    assert (await anna.act(conversation, "block", reason="Threats")).status_code == 200
    assert (await office.conversation(conversation)).status is Status.CLOSED
    with pytest.raises(Blocked) as refused:
        await office.customer_says("More")
    assert "contact us in another way" in refused.value.message("en")
    assert await office.customer_says("Hello", thread="t2"), "others are welcome"
    page = await piotr.page(f"/inbox/conversations/{conversation}")
    assert "Blocked by Anna" in page
    assert "Threats" in page
    assert (await piotr.act(conversation, "unblock")).status_code == 200
    (block,) = await blocks(office)
    assert (block.reason, block.agent_name, block.lifted_by) == ("Threats", "Anna", "Piotr")
    assert await office.customer_says("Sorry") != conversation


async def claimed(office: Office, agent: AgentBrowser) -> str:
    conversation = await office.customer_says("Hello?")
    await agent.act(conversation, "claim", epoch=await office.epoch(conversation))
    return conversation


async def test_what_a_colleague_has_is_blocked_by_them_or_a_lead_alone(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    lead = await office.hire("Ewa", role=Role.LEAD)
    conversation = await claimed(office, anna)
    epoch, before = await office.epoch(conversation), await office.events(conversation)
    refused = await piotr.act(conversation, "block", reason="Threats")
    assert refused.status_code == 409
    assert "Anna" in refused.text
    assert await blocks(office) == []
    assert (await office.events(conversation), await office.epoch(conversation)) == (before, epoch)
    assert (await office.conversation(conversation)).status is Status.WITH_AGENT
    assert await office.customer_says("Still there?") == conversation, "nobody is kept out"
    assert (await lead.act(conversation, "block", reason="Threats")).status_code == 200
    assert (await office.conversation(conversation)).status is Status.CLOSED
    assert [block.agent_name for block in await blocks(office)] == ["Ewa"]


@pytest.mark.parametrize("act", ["close", "spam"])
async def test_what_a_colleague_has_is_closed_by_whoever_has_it(office: Office, act: str) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    lead = await office.hire("Ewa", role=Role.LEAD)
    conversation = await claimed(office, anna)
    epoch = await office.epoch(conversation)
    for other in (piotr, lead):
        refused = await other.act(conversation, act, epoch=epoch)
        assert refused.status_code == 409
        assert "Anna" in refused.text
        assert await office.epoch(conversation) == epoch
    # Whoever directs others' work takes it over first: so that Anna learns who has it.
    over = {"to": f"agent:{lead.agent.id}", "epoch": epoch}
    assert (await lead.act(conversation, "hand_over", **over)).status_code == 200
    epoch = await office.epoch(conversation)
    assert (await lead.act(conversation, act, epoch=epoch)).status_code == 200
    assert (await office.conversation(conversation)).status is Status.CLOSED


async def test_put_off_until_a_time_of_ones_own_or_a_reply(office: Office) -> None:
    anna = await office.hire()
    conversation = await claimed(office, anna)
    epoch = await office.epoch(conversation)
    zone = office.parts.desks.get(DESK).timezone
    soon = (now() + timedelta(days=2)).astimezone(zone).replace(second=0, microsecond=0)
    for when in ("", "tomorrow", "2020-01-01T09:00", f"{soon.year + 2}-01-01T09:00"):
        fields = {"until": "at", "when": when, "epoch": epoch}
        assert (await anna.act(conversation, "snooze", **fields)).status_code == 422
    fields = {"until": "at", "when": soon.strftime("%Y-%m-%dT%H:%M"), "epoch": epoch}
    assert (await anna.act(conversation, "snooze", **fields)).status_code == 200
    assert (await office.conversation(conversation)).due_at == soon
    await anna.act(conversation, "wake", epoch=epoch)
    assert (await anna.act(conversation, "snooze", until="reply", epoch=epoch)).status_code == 200
    assert (await office.conversation(conversation)).status is Status.SNOOZED
    await office.customer_says("Here I am")
    assert (await office.conversation(conversation)).status is Status.WITH_AGENT


async def test_priority_is_set_and_named_in_words(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    assert (await anna.act(conversation, "priority", priority="now")).status_code == 422
    assert (await anna.act(conversation, "priority", priority="urgent")).status_code == 200
    assert (await office.conversation(conversation)).priority == Priority.URGENT
    assert "▲ urgent" in await anna.page(f"/inbox/conversations/{conversation}")
    assert "priority_set" in await office.events(conversation)
    panel = await anna.page(f"/inbox/conversations/{conversation}/panel/priority")
    assert 'value="urgent" required checked' in panel
