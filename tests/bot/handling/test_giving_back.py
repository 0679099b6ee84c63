"""Back to the bot with a summary: it goes on with what it was told, and the customer hears none."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.accounts.permissions import Role
from bot.conversations.state import Status
from bot.dialogue.turn import TurnAnswer, TurnRequest
from bot.records.models import Brief
from tests.desk import answer
from tests.inbox import Office, open_office

pytestmark = pytest.mark.asyncio


class Listener:
    """An engine that hands over once, and notes what it is told."""

    def __init__(self) -> None:
        self.asked: list[TurnRequest] = []

    async def ask(self, request: TurnRequest) -> TurnAnswer:
        self.asked.append(request)
        if len(self.asked) == 1:
            return answer(handoff={"reason": "asked_for_human", "details": {"order": "10482"}})
        return answer("Here you are.")

    async def model_id(self) -> str | None:
        return "test"

    async def close(self) -> None:
        pass


async def test_the_bot_goes_on_with_what_it_is_told(tmp_path: Path) -> None:
    engine = Listener()
    async with open_office(tmp_path, engine=engine) as office:
        anna = await office.hire()
        conversation = await office.customer_says("A person!")
        await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
        await anna.act(conversation, "facts", name="order_number", value="10482")
        await anna.act(conversation, "facts", name="secret", value="do not tell")
        here = f"/inbox/conversations/{conversation}"
        form = await anna.page(f"{here}/panel/give_back")
        assert 'value="order_number" checked' in form
        fields = {
            "epoch": await office.epoch(conversation),
            "summary": "Wants the invoice again",
            "fact": ["order_number", "nonsense"],
        }
        assert (await anna.act(conversation, "give_back", **fields)).status_code == 200
        assert (await office.conversation(conversation)).status is Status.BOT
        for words in ("Where is it?", "And the invoice?"):
            await office.customer_says(words)
            told = engine.asked[-1].facts
            assert told["known"] == {"order_number": "10482"}
            assert told["summary"] == "Wants the invoice again"
        assert engine.asked[1].fresh
        assert "Wants the invoice again" in await anna.page(here)
        said = " ".join(m.text for m in await office.messages(conversation))
        assert "invoice again" not in said
        assert "known" not in engine.asked[0].facts


async def test_a_plain_return_tells_nothing_old(tmp_path: Path) -> None:
    engine = Listener()
    async with open_office(tmp_path, engine=engine) as office:
        anna = await office.hire()
        conversation = await office.customer_says("A person!")
        epoch = await office.epoch(conversation)
        await anna.act(conversation, "give_back", epoch=epoch, summary="Old")
        await office.customer_says("Hm")
        assert engine.asked[-1].facts["summary"] == "Old"
        await anna.act(conversation, "claim", epoch=epoch + 1)
        await anna.act(conversation, "return_to_bot", epoch=epoch + 2)
        await office.customer_says("Hm?")
        assert "summary" not in engine.asked[-1].facts


async def test_too_long_or_too_late_changes_nothing(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    epoch = await office.epoch(conversation)
    too_long = await anna.act(conversation, "give_back", epoch=epoch, summary="x" * 1001)
    assert too_long.status_code == 422
    assert (await anna.act(conversation, "give_back", epoch=epoch - 1)).status_code == 409
    assert (await office.conversation(conversation)).status is Status.QUEUED


async def briefs(office: Office) -> list[Brief]:
    async with office.parts.db.read() as session:
        return list(await session.scalars(select(Brief).order_by(Brief.id)))


async def test_what_a_colleague_has_is_given_back_by_them_or_a_lead_alone(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    lead = await office.hire("Ewa", role=Role.LEAD)
    conversation = await office.customer_says("Hello?")
    for owner in (anna, lead):
        await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
        epoch, before = await office.epoch(conversation), await office.events(conversation)
        refused = await piotr.act(conversation, "give_back", epoch=epoch, summary="Mine now")
        assert refused.status_code == 409
        assert "Anna" in refused.text
        now = await office.conversation(conversation)
        assert (now.status, now.agent_id) == (Status.WITH_AGENT, anna.agent.id)
        assert (await office.events(conversation), now.epoch) == (before, epoch)
        given = await owner.act(conversation, "give_back", epoch=epoch, summary="Go on")
        assert given.status_code == 200
        assert (await office.conversation(conversation)).status is Status.BOT
        assert (await briefs(office))[-1].agent_name == owner.agent.name
        await office.customer_says("A person again!")
