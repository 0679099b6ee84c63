"""The check finds what nobody would look after, repairs it, and says what it cannot repair."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import time_machine
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent, AgentSession
from bot.clock import now
from bot.conversations.models import Conversation, Event, Turn
from bot.conversations.state import Status
from bot.db import Transaction
from bot.live import Bus
from bot.timers.models import Timer
from bot.timers.repository import LONG_AGO
from bot.upkeep import repository
from bot.upkeep.rules import AGENT_GONE_AFTER, GRACE, Alarm
from bot.upkeep.service import EVERY, Upkeep
from bot.upkeep.signs import read_signs
from tests.databases import SQLITE_ONLY
from tests.desk import DESK, TestDesk, answer, open_desk

pytestmark = pytest.mark.asyncio
LATER = GRACE + timedelta(seconds=1)


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def check(desk: TestDesk) -> tuple[int, int]:
    outcome = await desk.parts.upkeep.check(since=LONG_AGO)
    await desk.settle()
    return outcome


async def change(desk: TestDesk, conversation: str, **values: object) -> None:
    """What our own code would never do."""
    async with desk.db.write() as tx:
        of_it = Conversation.id == conversation
        await tx.session.execute(update(Conversation).where(of_it).values(**values))


async def repairs(desk: TestDesk, conversation: str) -> list[str]:
    async with desk.db.read() as session:
        found = await session.scalars(
            select(Event)
            .where(Event.conversation_id == conversation, Event.kind == "repaired")
            .order_by(Event.id)
        )
        return [event.details["fault"] for event in found]


async def with_anna(desk: TestDesk) -> tuple[Agent, str]:
    """Her conversation; she is signed in in a browser."""
    password = await desk.parts.accounts.add_agent("anna@example.com", "Anna", [DESK])
    await desk.parts.accounts.sign_in("anna@example.com", password)
    async with desk.db.read() as session:
        anna = (await session.scalars(select(Agent))).one()
    opened = (await desk.customer_asks_for_human()).conversation
    await desk.handoffs.claim(anna, opened, epoch=(await desk.conversation(opened)).epoch)
    return anna, opened


async def test_a_healthy_desk_is_left_alone(desk: TestDesk) -> None:
    _, opened = await with_anna(desk)
    await desk.customer_says("Hello", thread="b")
    await desk.bot_answers("Hi")
    asked = await desk.customer_says("Still there?", thread="c")
    queued = (await desk.customer_asks_for_human(thread="d")).conversation
    with time_machine.travel(now() + LATER):
        assert await check(desk) == (0, 0)
    for conversation in (opened, asked.conversation, queued):
        assert await repairs(desk, conversation) == []


async def test_a_message_that_the_bot_was_never_asked_about_is_asked(desk: TestDesk) -> None:
    opened = (await desk.customer_says("Where is my parcel?")).conversation
    async with desk.db.write() as tx:
        await tx.session.execute(delete(Turn))
    assert await check(desk) == (0, 0)  # it may still be on its way
    with time_machine.travel(now() + LATER):
        assert await check(desk) == (1, 0)
        assert await check(desk) == (0, 0)
    assert [request.text for request in desk.engine.requests] == ["Where is my parcel?"] * 2
    desk.engine.reply(1, answer("It comes today."))
    await desk.settle()
    said = [message.text for message in await desk.messages(opened)]
    assert said[:2] == ["Where is my parcel?", "It comes today."]
    assert await repairs(desk, opened) == ["no_turn"]


async def test_a_turn_that_is_not_the_bots_business_is_dropped(desk: TestDesk) -> None:
    opened = (await desk.customer_asks_for_human()).conversation
    await desk.add_agent()
    message = (await desk.messages(opened))[0]
    async with desk.db.write() as tx:
        stray = {"message_id": message.id, "message_seq": 1, "status": "waiting", "epoch": 1}
        tx.session.add(Turn(conversation_id=opened, attempts=0, **stray))
    assert await check(desk) == (1, 0)
    assert [turn.status for turn in await desk.turns(opened)] == ["dropped"]
    assert desk.engine.requests == []


async def test_a_queue_without_a_deadline_gets_one(desk: TestDesk) -> None:
    await desk.add_agent()
    opened = (await desk.customer_asks_for_human()).conversation
    await change(desk, opened, due_at=None, queued_at=None)
    async with desk.db.write() as tx:
        await tx.session.execute(delete(Timer))
    with time_machine.travel(now(), tick=False):
        assert await check(desk) == (1, 0)
        conversation = await desk.conversation(opened)
        assert conversation.due_at == now() + desk.parts.desks.answer_within(DESK)
        assert conversation.queued_at is not None
    with time_machine.travel(now() + desk.parts.desks.answer_within(DESK)):
        assert await desk.parts.timers.sweep() == 1
        assert await check(desk) == (0, 0)
    assert "deadline_missed" in await desk.events(opened)


async def test_a_snooze_without_an_end_ends(desk: TestDesk) -> None:
    anna, opened = await with_anna(desk)
    epoch = (await desk.conversation(opened)).epoch
    await desk.handoffs.snooze(anna, opened, epoch=epoch, choice="monday")
    async with desk.db.write() as tx:
        await tx.session.execute(delete(Timer))
    assert await check(desk) == (1, 0)
    assert await desk.parts.timers.sweep() == 1
    assert (await desk.conversation(opened)).status is Status.WITH_AGENT


async def disable(tx: Transaction) -> None:
    await tx.session.execute(update(Agent).values(disabled_at=now()))


async def move_elsewhere(tx: Transaction) -> None:
    await tx.session.execute(update(Agent).values(desks=["it-help"]))


@pytest.mark.parametrize(
    ("event", "fault"), [(disable, "agent_disabled"), (move_elsewhere, "agent_left_desk")]
)
async def test_what_an_agent_cannot_go_on_with_is_back_in_the_queue(
    desk: TestDesk, event: object, fault: str
) -> None:
    _, opened = await with_anna(desk)
    await desk.add_agent("Ben")
    async with desk.db.write() as tx:
        await (disable if event is disable else move_elsewhere)(tx)
        await tx.session.execute(
            update(Agent).where(Agent.name == "Ben").values(disabled_at=None, desks=[DESK])
        )
    assert await check(desk) == (1, 0)
    conversation = await desk.conversation(opened)
    assert (conversation.status, conversation.agent_id) == (Status.QUEUED, None)
    details = conversation.handoff_details or {}
    assert (details["had_by"], details["given_back"]) == ("Anna", fault)
    assert conversation.due_at is not None
    told = (await desk.messages(opened))[-1]
    assert told.author_kind == "system"


async def test_who_was_hired_while_the_check_went_on_keeps_what_they_took(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, opened = await with_anna(desk)
    real, before = repository.staff, iter([repository.Staff({}, frozenset(), frozenset([DESK]))])

    async def staff(session: AsyncSession, *, at: datetime) -> repository.Staff:
        return next(before, None) or await real(session, at=at)

    monkeypatch.setattr(repository, "staff", staff)
    await check(desk)
    assert (await desk.conversation(opened)).agent_id == anna.id
    assert await repairs(desk, opened) == []


async def test_an_agent_who_is_gone_keeps_no_waiting_customer(desk: TestDesk) -> None:
    _, opened = await with_anna(desk)
    async with desk.db.write() as tx:
        await tx.session.execute(delete(AgentSession))
    with time_machine.travel(now() + timedelta(minutes=10), tick=False) as clock:
        await desk.customer_says("Hello? Anna?")
        clock.shift(AGENT_GONE_AFTER - timedelta(seconds=1))
        assert await check(desk) == (0, 0)
        clock.shift(timedelta(seconds=1))
        assert await check(desk) == (1, 0)
    assert (await desk.conversation(opened)).status is Status.QUEUED


async def test_a_desk_where_nobody_works_is_an_alarm_until_somebody_does(desk: TestDesk) -> None:
    opened = (await desk.customer_asks_for_human()).conversation
    assert await check(desk) == (1, 1)
    async with desk.db.read() as session:
        signs = await read_signs(session, at=now())
    assert signs.without_owner == 0  # nobody has taken a round yet: `check` was called by hand
    upkeep = desk.parts.upkeep
    await upkeep.look()
    assert Alarm("without_owner", 1) in upkeep.alarms
    assert await repairs(desk, opened) == []
    await desk.add_agent()
    with time_machine.travel(now() + EVERY):
        await upkeep.look()
    assert upkeep.alarms == ()


async def test_a_repair_that_fails_is_an_alarm_and_holds_no_other_up(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.add_agent()
    first = (await desk.customer_says("One", thread="a")).conversation
    second = (await desk.customer_asks_for_human(thread="b")).conversation
    await change(desk, second, due_at=None)
    async with desk.db.write() as tx:
        await tx.session.execute(delete(Turn))

    async def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(desk.parts.turns, "queue_turn", fail)
    with time_machine.travel(now() + LATER):
        assert await check(desk) == (2, 1)
    assert await repairs(desk, first) == []
    assert await repairs(desk, second) == ["no_deadline"]


async def test_only_one_process_checks_in_each_minute(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, rounds = desk.parts, list[datetime]()

    async def note(self: Upkeep, *, since: datetime) -> tuple[int, int]:
        rounds.append(since)
        return 0, 0

    monkeypatch.setattr(Upkeep, "check", note)
    processes = [
        Upkeep(
            desk.db,
            conversations=parts.turns._conversations,
            handoffs=parts.handoffs,
            turns=parts.turns,
            bus=Bus(),
        )
        for _ in range(3)
    ]
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(3):
            await asyncio.gather(*(process.look() for process in processes))
            clock.shift(EVERY)
    assert len(rounds) == 3


async def test_what_was_silent_for_long_costs_nothing(desk: TestDesk) -> None:
    """The bot's conversations are looked at as far back as the last check, and an hour."""
    await desk.customer_says("Hello")
    async with desk.db.write() as tx:
        await tx.session.execute(delete(Turn))
    with time_machine.travel(now() + timedelta(hours=3)):
        assert await desk.parts.upkeep.check(since=now() - timedelta(hours=1)) == (0, 0)
        assert await check(desk) == (1, 0)


@SQLITE_ONLY
async def test_the_question_about_the_bots_conversations_follows_its_index(desk: TestDesk) -> None:
    async with desk.db.read() as session:
        connection = await session.connection()
        plan = await connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id FROM conversations WHERE status = 'bot' "
            "AND last_customer_at >= '2026' AND last_customer_at <= '2027'"
        )
        assert "ix_conversations_bots" in str(plan.all())


async def test_refusals_are_counted_over_restarts(tmp_path: Path) -> None:
    for round_ in (1, 2):
        async with open_desk(tmp_path) as desk:
            inbound = desk.inbound("Hello", external_id=f"same {round_}")
            for _ in range(3):
                await desk.parts.frontdesk.receive_customer_message(inbound)
            await desk.settle()
            await desk.parts.counters.flush()
            async with desk.db.read() as session:
                signs = await read_signs(session, at=now())
            assert signs.duplicates_refused == 2 * round_
