"""A conversation finds its agent when it is handed off, or as soon as there is room."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from bot.accounts.errors import NoSuchAgent
from bot.accounts.standing import State
from bot.assignment.repository import last_agents
from bot.audit.acts import Doer
from bot.clock import now
from bot.conversations import repository
from bot.conversations.state import Status
from bot.handoff.service import Reply
from bot.merged.service import Wish
from bot.priority import Priority
from tests.bot.assignment.desks import (
    asks,
    assignments,
    change,
    chooses,
    close,
    comes,
    giving_desk,
    owners,
)
from tests.desk import DESK, TestDesk, answer

pytestmark = pytest.mark.asyncio
OPEN = 'hours = { wednesday = ["9:00-17:00"] }'
WEDNESDAY = datetime.fromisoformat("2026-11-25T12:00:00+01:00")


async def said(desk: TestDesk, conversation: str) -> list[str]:
    return [m.text for m in await desk.messages(conversation) if m.author_kind == "system"]


async def test_who_is_free_gets_it_at_once_and_the_customer_hears_one_sentence(
    tmp_path: Path,
) -> None:
    async with giving_desk(tmp_path) as desk:
        await comes(desk, "Anna")
        (opened,) = await asks(desk, "a")
        conversation = await desk.conversation(opened)
        assert (conversation.status, conversation.agent_name) == (Status.WITH_AGENT, "Anna")
        assert await said(desk, opened) == ["Anna has joined the conversation."]
        assert (await desk.events(opened))[-2:] == ["hand_off", "assign"]


async def test_the_why_is_kept_with_all_candidates(tmp_path: Path) -> None:
    async with giving_desk(tmp_path) as desk:
        anna, ola = await comes(desk, "Anna", capacity=1), await comes(desk, "Ola")
        first, second, third = await asks(desk, "a", "b", "c")
        assert sorted(str(name) for name in await owners(desk, [first, second])) == ["Anna", "Ola"]
        assert await owners(desk, [third]) == ["Ola"], "Anna has no room"
        (why,) = await assignments(desk, third)
        assert (why.strategy, why.because, why.agent_id) == ("least_busy", "only_one", ola.id)
        found = {one["agent_id"]: one for one in why.why["candidates"]}
        assert found[anna.id] == {
            "agent_id": anna.id,
            "name": "Anna",
            "load": 1,
            "capacity": 1,
            "problem": "no_room",
        }
        assert found[ola.id]["problem"] is None
        assert why.why["wanted"] == {
            "language": "en",
            "skills": [],
            "weight": 1,
            "relaxed": False,
        }


async def test_only_who_is_online_with_an_inbox_open_gets_anything(tmp_path: Path) -> None:
    async with giving_desk(tmp_path) as desk:
        anna = await comes(desk, "Anna")
        await desk.add_agent("Closed")
        for state in (State.AWAY, State.BREAK, State.OFFLINE):
            await chooses(desk, anna, state)
            (opened,) = await asks(desk, state.value)
            assert await owners(desk, [opened]) == [None]
            assert not await desk.parts.presence.anyone_online(DESK)
        assert await desk.parts.assigner.drain() == 0
        await chooses(desk, anna, State.ONLINE)
        assert await desk.parts.presence.anyone_online(DESK)
        assert await desk.parts.assigner.drain() == 2, "two is all that she has room for"


async def test_every_free_slot_goes_to_the_most_urgent_then_to_who_waits_longest(
    tmp_path: Path,
) -> None:
    async with giving_desk(tmp_path) as desk:
        anna = await comes(desk, "Anna")
        one, two, three, four, five = await asks(desk, *"abcde")
        assert await owners(desk, [one, two, three]) == ["Anna", "Anna", None]
        async with desk.db.write() as tx:
            urgent = await repository.lock_conversation(tx.session, five)
            assert urgent is not None
            urgent.priority = Priority.HIGH
        await close(desk, anna, one)
        assert await desk.parts.assigner.drain() == 1
        assert await owners(desk, [three, four, five]) == [None, None, "Anna"]
        epoch = (await desk.conversation(two)).epoch
        await desk.handoffs.snooze(anna, two, epoch=epoch, choice="hour")
        assert await desk.parts.assigner.drain() == 1
        assert await owners(desk, [three, four]) == ["Anna", None]


async def test_a_newcomer_does_not_overtake_who_waits_already(tmp_path: Path) -> None:
    async with giving_desk(tmp_path, 'strategy = "round_robin"\ncapacity = 1') as desk:
        anna = await comes(desk, "Anna")
        first, waits = await asks(desk, "a", "b")
        await close(desk, anna, first)
        (newcomer,) = await asks(desk, "c")  # before anybody looked at the queue
        assert await owners(desk, [waits, newcomer]) == [None, None]
        assert await desk.parts.assigner.drain() == 1
        assert await owners(desk, [waits, newcomer]) == ["Anna", None]


async def test_a_channel_weighs_what_the_desk_says(tmp_path: Path) -> None:
    rule = 'strategy = "least_busy"\ncapacity = 4\nweights = { web = 3 }'
    async with giving_desk(tmp_path, rule) as desk:
        await comes(desk, "Anna")
        opened = await asks(desk, "a", "b")
        assert await owners(desk, opened) == ["Anna", None]
        await desk.parts.accounts.change_capacity("anna@example.com", 6)
        assert await desk.parts.assigner.drain() == 1
        with pytest.raises(NoSuchAgent):
            await desk.parts.accounts.change_capacity("nobody@example.com", 6)


async def test_each_channel_has_a_weight_of_its_own(tmp_path: Path) -> None:
    rule = 'strategy = "least_busy"\ncapacity = 4\nweights = { web = 3, slack = 1 }'
    async with giving_desk(tmp_path, rule) as desk:
        await comes(desk, "Anna")
        (chat,) = await asks(desk, "a")
        (letter,) = await asks(desk, "b", channel="slack")
        (other,) = await asks(desk, "c", channel="slack")
        assert await owners(desk, [chat, letter, other]) == ["Anna", "Anna", None], "3 + 1 of 4"
        (why,) = await assignments(desk, letter)
        assert why.why["wanted"]["weight"] == 1
        assert why.why["candidates"][0]["load"] == 3
        await desk.parts.accounts.change_capacity("anna@example.com", 5)
        (another,) = await asks(desk, "d")
        assert await desk.parts.assigner.drain() == 1, "there is room for one of Slack"
        assert await owners(desk, [other, another]) == ["Anna", None]


async def test_a_language_is_waited_for_and_after_a_time_anybody_will_do(tmp_path: Path) -> None:
    rule = (
        'strategy = "least_busy"\ncapacity = 4\nfallback_minutes = 5\nreturn_unanswered_minutes = 0'
    )
    async with giving_desk(tmp_path, rule) as desk:
        with time_machine.travel(WEDNESDAY, tick=False) as clock:
            ola = await comes(desk, "Ola", languages=["en"])
            (polish,) = await asks(desk, "a", language="pl")
            (english,) = await asks(desk, "b", language="en")
            assert await owners(desk, [polish, english]) == [None, "Ola"]
            anna = await comes(desk, "Anna", languages=["pl"])
            assert await desk.parts.assigner.drain() == 1
            (second,) = await asks(desk, "c", language="en")
            assert await owners(desk, [polish, second]) == ["Anna", "Ola"]
            await chooses(desk, anna, State.BREAK)
            (late,) = await asks(desk, "d", language="pl")
            assert await desk.parts.assigner.drain() == 0
            clock.shift(timedelta(minutes=5))
            await desk.parts.presence.heartbeat(ola.id)
            await desk.parts.timers.sweep()
            assert await owners(desk, [late]) == ["Ola"]
            wanted = (await assignments(desk, late))[0].why["wanted"]
            assert (wanted["language"], wanted["relaxed"]) == ("pl", True)


async def test_what_an_agent_took_by_hand_counts_and_may_be_more_than_the_room(
    tmp_path: Path,
) -> None:
    async with giving_desk(tmp_path, 'strategy = "least_busy"\ncapacity = 1') as desk:
        anna = await comes(desk, "Anna")
        one, two = await asks(desk, "a", "b")
        epoch = (await desk.conversation(two)).epoch
        await desk.handoffs.claim(anna, two, epoch=epoch)
        await close(desk, anna, one)
        (three,) = await asks(desk, "c")
        assert await owners(desk, [two, three]) == ["Anna", None]


async def test_a_closed_desk_gives_nothing_until_it_opens(tmp_path: Path) -> None:
    async with giving_desk(tmp_path, more=OPEN) as desk:
        with time_machine.travel(WEDNESDAY - timedelta(hours=4), tick=False) as clock:
            anna = await comes(desk, "Anna")
            (opened,) = await asks(desk, "a")
            assert await desk.parts.assigner.drain() == 0
            clock.shift(timedelta(hours=4))
            await desk.parts.presence.heartbeat(anna.id)
            assert await desk.parts.assigner.drain() == 1
            assert await owners(desk, [opened]) == ["Anna"]


async def test_the_customers_last_agent_is_preferred(tmp_path: Path) -> None:
    async with giving_desk(tmp_path, 'strategy = "least_busy"\ncapacity = 9') as desk:
        anna, _ = await comes(desk, "Anna"), await comes(desk, "Ola")
        (before,) = await asks(desk, "a")
        owner = (await owners(desk, [before]))[0]
        agent = anna if owner == "Anna" else _
        await close(desk, agent, before)
        busy = await asks(desk, "b", "c", "d")
        (again,) = await asks(desk, "a")
        assert await owners(desk, [again]) == [owner]
        assert (await assignments(desk, again))[0].because == "last_agent"
        assert len(busy) == 3


async def test_the_last_agent_of_the_same_person_is_preferred(tmp_path: Path) -> None:
    async with giving_desk(tmp_path, 'strategy = "least_busy"\ncapacity = 9') as desk:
        lead = await desk.add_agent("Lead")
        anna = await comes(desk, "Anna")
        before, other = await asks(desk, "a", "b")
        for conversation in (before, other):
            await close(desk, anna, conversation)
        await chooses(desk, anna, State.OFFLINE)
        ola = await comes(desk, "Ola")
        (later,) = await asks(desk, "b")
        await close(desk, ola, later)
        await chooses(desk, anna, State.ONLINE)
        customers = [(await desk.conversation(one)).customer_id for one in (before, other)]
        assert await last_agents_of(desk, customers) == [anna.id, ola.id]
        wish = Wish(customers[0], customers[1])
        await desk.parts.handling.customers.merge(lead, Doer(lead), wish)
        assert await last_agents_of(desk, customers) == [ola.id, ola.id]
        (again,) = await asks(desk, "a")
        assert await owners(desk, [again]) == ["Ola"]
        assert (await assignments(desk, again))[0].because == "last_agent"


async def last_agents_of(desk: TestDesk, customers: list[str]) -> list[str | None]:
    async with desk.db.read() as session:
        found = await last_agents(session, customers)
    return [found.get(one) for one in customers]


async def test_a_skill_is_waited_for_and_after_a_time_anybody_will_do(tmp_path: Path) -> None:
    rule = (
        'strategy = "least_busy"\nneeds = { "care_*" = ["orders"] }\nfallback_minutes = 5\n'
        "return_unanswered_minutes = 0"
    )
    async with giving_desk(tmp_path, rule) as desk:
        with time_machine.travel(WEDNESDAY, tick=False) as clock:
            anna = await comes(desk, "Anna")
            opened = (await desk.customer_says("Where is it?", thread="a")).conversation
            desk.engine.reply(0, answer("Soon", intent="care_order_status"))
            await desk.settle()
            await asks(desk, "a")
            assert await desk.parts.assigner.drain() == 0
            clock.shift(timedelta(minutes=5))
            await desk.parts.presence.heartbeat(anna.id)
            await desk.parts.timers.sweep()
            assert await owners(desk, [opened]) == ["Anna"]
            assert "needs_relaxed" in await desk.events(opened)
            (why,) = await assignments(desk, opened)
            assert why.why["wanted"]["skills"] == ["orders"]
            assert why.why["wanted"]["relaxed"]


async def test_what_nobody_answers_goes_back_once_and_to_somebody_else(tmp_path: Path) -> None:
    rule = 'strategy = "least_busy"\nreturn_unanswered_minutes = 3'
    async with giving_desk(tmp_path, rule) as desk:
        with time_machine.travel(WEDNESDAY, tick=False) as clock:
            anna = await comes(desk, "Anna", active_at=now())
            answered, silent = await asks(desk, "a", "b")
            epoch = (await desk.conversation(answered)).epoch
            await desk.handoffs.reply(anna, answered, Reply("Hello", epoch, "k"))
            clock.shift(timedelta(minutes=3))
            await desk.parts.presence.heartbeat(anna.id)
            assert await desk.parts.timers.sweep() == 1
            back = await desk.conversation(silent)
            assert back.status is Status.QUEUED
            assert (back.handoff_details or {})["given_back"] == "unanswered"
            assert (await said(desk, silent))[-1].startswith("Your conversation is back")
            assert await owners(desk, [answered]) == ["Anna"]
            async with desk.db.read() as session:
                found = await session.get_one(type(anna), anna.id)
            assert (found.presence, found.is_idle) == ("away", True), "she did nothing at all"
            await chooses(desk, anna, State.ONLINE)
            assert await desk.parts.assigner.drain() == 0, "she let it wait"
            await comes(desk, "Ola")
            assert await desk.parts.assigner.drain() == 1
            assert await owners(desk, [silent]) == ["Ola"]


async def test_who_goes_offline_gives_back_what_they_have_with_a_note(tmp_path: Path) -> None:
    async with giving_desk(tmp_path) as desk:
        anna = await comes(desk, "Anna")
        one, two = await asks(desk, "a", "b")
        epoch = (await desk.conversation(two)).epoch
        await desk.handoffs.snooze(anna, two, epoch=epoch, choice="hour")
        await chooses(desk, anna, State.OFFLINE)
        returned, kept = await desk.conversation(one), await desk.conversation(two)
        assert returned.status is Status.QUEUED
        assert kept.status is Status.SNOOZED, "what is put off comes back to her"
        assert (returned.handoff_details or {})["had_by"] == "Anna"
        assert (returned.handoff_details or {})["given_back"] == "agent_offline"
        told = [text for text in await said(desk, one) if "back in the queue" in text]
        assert len(told) == 1
        await chooses(desk, anna, State.OFFLINE)
        assert len([text for text in await said(desk, one) if "back in" in text]) == 1


async def test_with_a_colleague_there_it_moves_on_in_the_same_transaction(tmp_path: Path) -> None:
    async with giving_desk(tmp_path) as desk:
        anna = await comes(desk, "Anna")
        (opened,) = await asks(desk, "a")
        await comes(desk, "Ola")
        await chooses(desk, anna, State.OFFLINE)
        assert await owners(desk, [opened]) == ["Ola"]


async def test_who_releases_by_hand_does_not_get_it_back(tmp_path: Path) -> None:
    async with giving_desk(tmp_path) as desk:
        anna = await comes(desk, "Anna")
        (opened,) = await asks(desk, "a")
        epoch = (await desk.conversation(opened)).epoch
        await desk.handoffs.release(anna, opened, epoch=epoch)
        assert await desk.parts.assigner.drain() == 0
        assert await owners(desk, [opened]) == [None]


async def test_a_desk_without_a_rule_is_as_before(tmp_path: Path) -> None:
    async with giving_desk(tmp_path, "") as desk:
        anna = await comes(desk, "Anna")
        (opened,) = await asks(desk, "a")
        assert await desk.parts.assigner.drain() == 0
        assert (await desk.conversation(opened)).status is Status.QUEUED
        await change(desk, anna, presence="away")


async def test_the_worker_gives_as_soon_as_somebody_comes(tmp_path: Path) -> None:
    async with giving_desk(tmp_path) as desk:
        (opened,) = await asks(desk, "a")
        working = asyncio.create_task(desk.parts.assigner.run())
        anna = await comes(desk, "Anna", presence="break")
        await chooses(desk, anna, State.ONLINE)
        async with asyncio.timeout(30):
            while (await owners(desk, [opened])) != ["Anna"]:
                await asyncio.sleep(0.01)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await desk.settle()


async def test_where_nothing_is_given_the_worker_listens_to_nothing(tmp_path: Path) -> None:
    async with giving_desk(tmp_path, "") as desk:
        working = asyncio.create_task(desk.parts.assigner.run())
        await asyncio.sleep(0)
        assert not desk.parts.bus.subscriptions()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
