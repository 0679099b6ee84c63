"""What an open conversation has at all: each table alone, and of no other conversation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import update

from bot.clock import now
from bot.conversations.models import Conversation, Customer, Message, Note
from bot.feedback.models import Feedback
from bot.handoff.models import Correction
from bot.identity.models import Identity
from bot.inbox import there
from bot.intake.models import Intake
from bot.merged.models import CustomerMerge
from bot.outbox.models import Delivery
from bot.records.models import (
    AgentFact,
    Block,
    Brief,
    ConversationLabel,
    FieldValue,
    Label,
    Mention,
    Merge,
)
from bot.survey.models import Survey
from bot.writing.models import Draft, HeldReply
from tests.inbox import Office

pytestmark = pytest.mark.asyncio


@dataclass
class Scene:
    """A conversation, another customer's, and what its rows refer to."""

    here: Conversation
    other: Conversation
    message: Message
    agent: str
    label: int = 0
    note: str = ""

    @property
    def by(self) -> dict[str, str]:
        """Who has done it."""
        return {"agent_id": self.agent, "agent_name": "Anna"}

    @property
    def of(self) -> dict[str, str]:
        """In which conversation."""
        return {"conversation_id": self.here.id}


FACT = {"name": "order_number", "value": "10482"}
ROWS: dict[type[object], Callable[[Scene], object]] = {
    Delivery: lambda at: Delivery(
        **at.of, message_id=at.message.id, seq=at.message.seq, channel="web", status="dead"
    ),
    Feedback: lambda at: Feedback(**at.of, seq=1, answer="utter_x", language="en", helpful=False),
    Intake: lambda at: Intake(
        channel=at.here.channel, thread=at.here.thread, version="1", answers=[]
    ),
    Correction: lambda at: Correction(**at.of, **FACT, before="1"),
    AgentFact: lambda at: AgentFact(**at.of, **at.by, **FACT),
    Identity: lambda at: Identity(
        customer_id=at.here.customer_id, desk="d", user_id="u", method="hmac"
    ),
    Survey: lambda at: Survey(**at.of, human_score=5, language="en"),
    ConversationLabel: lambda at: ConversationLabel(**at.of, **at.by, label_id=at.label),
    FieldValue: lambda at: FieldValue(**at.of, **at.by, key="size", value="XL"),
    Brief: lambda at: Brief(**at.of, **at.by, epoch=3, summary="", known={}),
    Mention: lambda at: Mention(
        **at.of, note_id=at.note, agent_id=at.agent, by_id=at.agent, by_name="Anna"
    ),
    Block: lambda at: Block(**at.by, customer_id=at.here.customer_id, reason="spam"),
    Merge: lambda at: Merge(**at.by, conversation_id=at.other.id, main_id=at.here.id),
    Draft: lambda at: Draft(**at.of, agent_id=at.agent, kind="note", text="x", version="1"),
    HeldReply: lambda at: HeldReply(
        **at.of, agent_id=at.agent, text="x", epoch=2, key="k", due_at=now()
    ),
}


async def found(office: Office, agent: Any, conversation: str) -> frozenset[object]:
    async with office.parts.db.read() as session:
        opened = await session.get_one(Conversation, conversation)
        return await there.what_is_there(session, agent, opened)


async def scene(office: Office) -> tuple[Scene, Any]:
    anna = await office.hire()
    here = await office.customer_says("Hello?")
    other = await office.customer_says("Hello?", thread="t2")
    label = Label(desk=anna.agent.desks[0], key="parcel", name="Parcel", colour="blue")
    note = Note(conversation_id=other, agent_id=anna.agent.id, author_name="Anna", text="x")
    async with office.parts.db.write() as tx:
        tx.session.add_all((label, note))
    at = Scene(
        await office.conversation(here),
        await office.conversation(other),
        (await office.messages(here))[0],
        anna.agent.id,
        label.id,
        note.id,
    )
    return at, anna.agent


@pytest.mark.parametrize("table", ROWS, ids=lambda table: table.__name__)
async def test_what_there_is_is_found_here_and_nowhere_else(
    office: Office, table: type[object]
) -> None:
    at, agent = await scene(office)
    assert await found(office, agent, at.here.id) == frozenset()
    async with office.parts.db.write() as tx:
        tx.session.add(ROWS[table](at))
    assert await found(office, agent, at.here.id) == {table}
    # Of two that were merged, both tell of it.
    elsewhere = {table} if table is Merge else set()
    assert await found(office, agent, at.other.id) == elsewhere


async def test_whoever_is_together_with_somebody_is_found_from_both_sides(office: Office) -> None:
    at, agent = await scene(office)
    gone, kept = at.other.customer_id, at.here.customer_id
    async with office.parts.db.write() as tx:
        together = update(Customer).where(Customer.id == gone).values(kept_id=kept)
        await tx.session.execute(together)
    assert await found(office, agent, at.here.id) == {CustomerMerge}
    assert await found(office, agent, at.other.id) == {CustomerMerge}


async def test_no_table_is_left_out() -> None:
    assert {*ROWS, CustomerMerge} == {*there._QUESTIONS}
