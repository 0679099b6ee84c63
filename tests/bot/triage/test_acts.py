"""Whatever agents do elsewhere passes the inbox's own checks."""

import pytest
from sqlalchemy import select, update

from bot.accounts.models import Agent
from bot.channel.agents import AgentReply
from bot.conversations.errors import NotFound, NotPossibleNow
from bot.conversations.models import Note
from bot.conversations.state import Status
from bot.handling.errors import NoSuchColleague
from bot.handoff.errors import NotYours, StaleSend
from bot.records.models import Mention
from bot.triage.service import NoAccount
from tests.desk import DESK, TestDesk

pytestmark = pytest.mark.asyncio


async def waiting(desk: TestDesk, thread: str = "t1") -> tuple[str, int]:
    receipt = await desk.customer_asks_for_human(thread=thread)
    return receipt.conversation, (await desk.conversation(receipt.conversation)).epoch


async def test_an_account_is_found_by_its_address_while_it_may_work(desk: TestDesk) -> None:
    anna = await desk.add_agent("Anna")
    found = await desk.parts.triage.account(" ANNA@example.com ")
    assert found is not None
    assert (found.id, found.name, found.desks) == (anna.id, "Anna", (DESK,))
    assert await desk.parts.triage.account("nobody@example.com") is None
    from bot.clock import now

    async with desk.db.write() as tx:
        await tx.session.execute(update(Agent).values(disabled_at=now()))
    assert await desk.parts.triage.account("anna@example.com") is None
    conversation, epoch = await waiting(desk)
    with pytest.raises(NoAccount):
        await desk.parts.triage.claim(anna.id, conversation, epoch=epoch)


async def test_take_reply_and_close_reach_the_customer_in_the_agents_name(desk: TestDesk) -> None:
    triage, anna = desk.parts.triage, await desk.add_agent("Anna")
    conversation, epoch = await waiting(desk)
    await triage.claim(anna.id, conversation, epoch=epoch)
    reply = AgentReply("Good morning", epoch + 1, "k1")
    await triage.reply(anna.id, conversation, reply)
    await triage.reply(anna.id, conversation, reply)
    await desk.settle()
    sent = [
        m for m in desk.sender.delivered if m.author.name == "Anna" and m.author.kind == "agent"
    ]
    assert [m.text for m in sent] == ["Good morning"]
    with pytest.raises(StaleSend):
        await triage.reply(anna.id, conversation, AgentReply("Late", epoch, "k2"))
    await triage.close(anna.id, conversation, epoch=epoch + 1)
    assert (await desk.conversation(conversation)).status is Status.CLOSED


async def test_nobody_else_may_reply_and_nobody_of_another_desk_may_look(desk: TestDesk) -> None:
    triage = desk.parts.triage
    anna, piotr = await desk.add_agent("Anna"), await desk.add_agent("Piotr")
    other = await desk.add_agent("Ola", desks=("it-help",))
    conversation, epoch = await waiting(desk)
    await triage.claim(anna.id, conversation, epoch=epoch)
    with pytest.raises(NotYours):
        await triage.reply(piotr.id, conversation, AgentReply("Me too", epoch + 1, "k"))
    with pytest.raises(NotFound):
        await triage.note(other.id, conversation, "Hm", source="s1")
    with pytest.raises(NotFound):
        await triage.close(other.id, conversation, epoch=epoch + 1)


async def test_a_colleague_gets_it_from_the_queue_or_from_whoever_has_it(desk: TestDesk) -> None:
    triage = desk.parts.triage
    anna, piotr = await desk.add_agent("Anna"), await desk.add_agent("Piotr")
    other = await desk.add_agent("Ola", desks=("it-help",))
    conversation, epoch = await waiting(desk)
    with pytest.raises(NoSuchColleague):
        await triage.assign(anna.id, conversation, epoch=epoch, to=other.id)
    await triage.assign(anna.id, conversation, epoch=epoch, to=piotr.id)
    found = await desk.conversation(conversation)
    assert (found.status, found.agent_id) == (Status.WITH_AGENT, piotr.id)
    with pytest.raises(NotYours):
        await triage.assign(anna.id, conversation, epoch=found.epoch, to=anna.id)
    await desk.settle()
    told = len(desk.sender.delivered)
    await triage.assign(piotr.id, conversation, epoch=found.epoch, to=anna.id)
    await desk.settle()
    found = await desk.conversation(conversation)
    assert found.agent_name == "Anna"
    new = [message.text for message in desk.sender.delivered[told:]]
    assert len(new) == 1, "one text: who has it now"
    assert "Anna" in new[0]
    with pytest.raises(StaleSend):
        await triage.assign(anna.id, conversation, epoch=epoch, to=piotr.id)


async def test_not_a_request_ends_without_a_word(desk: TestDesk) -> None:
    triage, anna = desk.parts.triage, await desk.add_agent()
    conversation, epoch = await waiting(desk)
    before = len(desk.sender.delivered)
    await triage.not_a_request(anna.id, conversation, epoch=epoch)
    await desk.settle()
    found = await desk.conversation(conversation)
    assert (found.status, found.closed_as) == (Status.CLOSED, "no_request")
    assert len(desk.sender.delivered) == before
    offer = await desk.parts.surveys.offer("web", "t1", conversation)
    assert offer.parts == ()
    with pytest.raises(NotPossibleNow):
        await triage.close(anna.id, conversation, epoch=found.epoch)


async def test_a_note_from_elsewhere_is_written_once_and_changed_by_its_author(
    desk: TestDesk,
) -> None:
    triage = desk.parts.triage
    anna, piotr = await desk.add_agent("Anna"), await desk.add_agent("Piotr")
    conversation, _ = await waiting(desk)
    said = len(await desk.messages(conversation))
    assert await triage.note(anna.id, conversation, "VIP!", source="C1:5.5")
    assert not await triage.note(anna.id, conversation, "VIP!", source="C1:5.5")
    assert not await triage.change_note(piotr.id, "Not so", source="C1:5.5")
    assert await triage.change_note(anna.id, "Very VIP!", source="C1:5.5")
    assert not await triage.change_note(anna.id, "?", source="C1:6.6")
    async with desk.db.read() as session:
        notes = list(await session.scalars(select(Note)))
    assert [note.text for note in notes] == ["Very VIP!"]
    assert len(await desk.messages(conversation)) == said
    entries = await triage.entries(conversation, seq=0, notes=0)
    assert [(e.text, e.source) for e in entries if e.is_note] == [("Very VIP!", "C1:5.5")]
    assert await triage.entries(conversation, seq=said, notes=1) == ()


async def test_a_case_is_in_the_readers_language(desk: TestDesk) -> None:
    conversation, epoch = await waiting(desk)
    polish = await desk.parts.triage.case(conversation, "pl")
    english = await desk.parts.triage.case(conversation, "en")
    assert polish.epoch == english.epoch == epoch
    assert polish.reason is not None
    assert english.reason is not None
    assert polish.reason != english.reason
    assert {"claim", "close", "assign", "return_to_bot"} == set(english.possible)
    assert english.waiting_since is not None
    assert english.due_at is not None


async def test_a_customer_sees_what_is_open(desk: TestDesk) -> None:
    anna = await desk.add_agent()
    first, epoch = await waiting(desk, "t1")
    await desk.customer_says("My second   question", thread="t1b", customer="t1")
    await desk.customer_says("Somebody else", thread="t2")
    found = await desk.parts.triage.open_requests("web", "t1", "en")
    assert [request.first_words for request in found] == ["My second question", "A person!"]
    await desk.parts.triage.close(anna.id, first, epoch=epoch)
    found = await desk.parts.triage.open_requests("web", "t1", "en")
    assert [request.thread for request in found] == ["t1b"]


async def test_a_colleague_who_is_named_in_a_note_hears_of_it(desk: TestDesk) -> None:
    anna, piotr = await desk.add_agent("Anna"), await desk.add_agent("Piotr")
    conversation, _ = await waiting(desk)
    await desk.parts.triage.note(anna.id, conversation, "@Piotr, yours?", source="C1:7.7")
    async with desk.db.read() as session:
        mentioned = list(await session.scalars(select(Mention.agent_id)))
    assert mentioned == [piotr.id]
