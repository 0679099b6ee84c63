"""A desk for tests: the real parts on a fresh database, with an engine that the test speaks for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import select, update

from bot.accounts.models import Agent
from bot.assembly import Parts, build
from bot.channel import FirstlineError, InboundMessage, OutboundMessage, Receipt
from bot.clock import now
from bot.conversations.models import Conversation, Event, Message, Turn
from bot.db import Database
from bot.dialogue.engine_client import EngineFailure
from bot.dialogue.turn import TurnAnswer, TurnRequest, parse_answer
from bot.handoff.service import Handoffs
from bot.outbox.models import Delivery, DeliveryAttempt
from bot.settings import Settings
from tests.databases import database_of

DESK = "customer-care"
PATIENCE_SECONDS = 60  # until the desk is at rest


def answer(
    *texts: str, intent: str = "care_delivery_time", confidence: float = 0.9, **fields: Any
) -> TurnAnswer:
    """An engine's answer, in the shape that the turn channel gives."""
    return parse_answer(
        {
            "replies": [{"text": text, "buttons": []} for text in texts],
            "intent": {"name": intent, "confidence": confidence},
            "ranking": [{"name": intent, "confidence": confidence}],
            "entities": [],
            "slots": {},
            "handoff": None,
            "state": {"turn": 1},
            "model_id": "test",
            "took_ms": 1.0,
        }
        | fields
    )


async def outcome(act: Awaitable[object]) -> str:
    """What became of it: `done`, or the code of the refusal."""
    try:
        await act
    except FirstlineError as refusal:
        return refusal.code
    return "done"


def unclear(
    words: str,
    guesses: Mapping[str, float] | None = None,
    *,
    then: str | None = None,
    **fields: Any,
) -> TurnAnswer:
    """The engine did not understand, and these are its guesses; `then` a form asks again."""
    ranking = {"nlu_fallback": 0.4, **(guesses or {})}
    asked_again = [{"text": then}] if then else []
    return answer(
        intent="nlu_fallback",
        replies=[{"text": words, "custom": {"unclear": True}}, *asked_again],
        ranking=[{"name": name, "confidence": share} for name, share in ranking.items()],
        **fields,
    )


class ScriptedEngine:
    """Holds every question until the test answers it, in whatever order it likes."""

    def __init__(self) -> None:
        self.asked: list[tuple[TurnRequest, asyncio.Future[TurnAnswer]]] = []
        self.requests: list[TurnRequest] = []
        self.at_once: TurnAnswer | EngineFailure | None = None

    async def ask(self, request: TurnRequest) -> TurnAnswer:
        self.requests.append(request)
        if isinstance(self.at_once, EngineFailure):
            raise self.at_once
        if self.at_once is not None:
            return self.at_once
        future: asyncio.Future[TurnAnswer] = asyncio.get_running_loop().create_future()
        self.asked.append((request, future))
        return await future

    def reply(self, index: int, outcome: TurnAnswer | EngineFailure) -> None:
        _, future = self.asked.pop(index)
        if isinstance(outcome, EngineFailure):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    async def model_id(self) -> str | None:
        return "test"

    async def close(self) -> None:
        for _, future in self.asked:
            future.cancel()


class RecordingSender:
    """A channel that notes what it delivers; fails first when told to."""

    def __init__(self) -> None:
        self.delivered: list[OutboundMessage] = []
        self.failures: list[Exception] = []

    async def deliver(self, message: OutboundMessage) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.delivered.append(message)


class TestDesk:
    """The parts of a desk, with what tests ask of it."""

    __test__ = False

    def __init__(self, parts: Parts, engine: ScriptedEngine, sender: RecordingSender) -> None:
        self.parts = parts
        self.engine = engine
        self.sender = sender
        self._sent = 0

    @property
    def db(self) -> Database:
        return self.parts.db

    @property
    def handoffs(self) -> Handoffs:
        return self.parts.handoffs

    def inbound(self, text: str, *, thread: str = "t1", **fields: Any) -> InboundMessage:
        self._sent += 1
        message = InboundMessage(
            channel="web",
            thread=thread,
            customer=thread,
            desk=DESK,
            external_id=f"{thread}:{self._sent}",
            language="en",
            text=text,
        )
        return replace(message, **fields)

    async def customer_says(self, text: str, **fields: Any) -> Receipt:
        receipt = await self.parts.frontdesk.receive_customer_message(self.inbound(text, **fields))
        await self.settle()
        return receipt

    async def customer_asks_for_human(self, **fields: Any) -> Receipt:
        receipt = await self.parts.frontdesk.ask_for_human(self.inbound("A person!", **fields))
        await self.settle()
        return receipt

    async def customer_presses(self, receipt: Receipt, title: str) -> Receipt:
        """The newest button of this title."""
        offers = [
            (message.seq, button)
            for message in await self.messages(receipt.conversation)
            for button in message.buttons
            if button["title"] == title
        ]
        seq, button = offers[-1]
        return await self.customer_says(title, payload=button["payload"], offered_in=seq)

    async def bot_answers(self, *texts: str, **fields: Any) -> None:
        self.engine.reply(0, answer(*texts, **fields))
        await self.settle()

    async def add_agent(self, name: str = "Anna", desks: Sequence[str] = (DESK,)) -> Agent:
        await self.parts.accounts.add_agent(f"{name.lower()}@example.com", name, desks)
        async with self.db.read() as session:
            return (await session.scalars(select(Agent).where(Agent.name == name))).one()

    def die(self) -> None:
        """From now on nothing follows a commit, as after `kill -9`; what it holds stays held."""
        self.parts.turns._spawn = lambda job: None  # type: ignore[method-assign]
        self.parts.outbox._take = lambda job, until: None  # type: ignore[method-assign]

    async def leases_run_out(self) -> None:
        """As time would do it: for every process, and for all that is held now."""
        past = now() - timedelta(seconds=1)
        async with self.db.write() as tx:
            await tx.session.execute(update(Turn).values(leased_until=past))
            await tx.session.execute(update(Delivery).values(due_at=past))

    async def settle(self) -> None:
        """Until every turn has reached the engine or its end, and the outbox its lanes' ends."""
        ends = monotonic() + PATIENCE_SECONDS  # the machine may have other things to do
        while monotonic() < ends:
            await asyncio.sleep(0)
            waiting = len(self.engine.asked)
            if len(self.parts.turns._tasks) == waiting and not self.parts.outbox._tasks:
                return
            await asyncio.sleep(0.001)
        raise AssertionError("the desk does not come to rest")

    async def conversation(self, conversation_id: str) -> Conversation:
        async with self.db.read() as session:
            return await session.get_one(Conversation, conversation_id)

    async def messages(self, conversation_id: str) -> list[Message]:
        async with self.db.read() as session:
            found = await session.scalars(
                select(Message)
                .where(Message.conversation_id == conversation_id)
                .order_by(Message.seq)
            )
            return list(found)

    async def events(self, conversation_id: str) -> list[str]:
        async with self.db.read() as session:
            found = await session.scalars(
                select(Event.kind)
                .where(Event.conversation_id == conversation_id)
                .order_by(Event.id)
            )
            return list(found)

    async def turns(self, conversation_id: str) -> list[Turn]:
        async with self.db.read() as session:
            found = await session.scalars(
                select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.id)
            )
            return list(found)

    async def attempts(self) -> list[str]:
        """How every try to deliver went, oldest first."""
        async with self.db.read() as session:
            rows = await session.scalars(select(DeliveryAttempt).order_by(DeliveryAttempt.id))
            return [row.outcome for row in rows]

    async def deliveries(self) -> list[Delivery]:
        async with self.db.read() as session:
            return list(await session.scalars(select(Delivery).order_by(Delivery.id)))


@asynccontextmanager
async def open_desk(folder: Path, **settings: Any) -> AsyncIterator[TestDesk]:
    """The real parts on the folder's database; engine and web sender are the test's."""
    engine, sender = ScriptedEngine(), RecordingSender()
    settings.setdefault("database_url", database_of(folder))
    parts = build(Settings(data_dir=folder, **settings), engine=engine, web_sender=sender)
    try:
        yield TestDesk(parts, engine, sender)
    finally:
        await engine.close()
        await parts.turns.stop()
        await parts.outbox.stop()
        await parts.db.close()
