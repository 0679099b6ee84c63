"""However room appears, the worker gives the next one away without anybody asking it to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.accounts.models import Agent
from bot.accounts.profile import Profile
from bot.accounts.standing import State
from bot.assignment import service
from bot.audit.acts import ON_COMMAND_LINE
from bot.handoff.service import Reply
from tests.bot.assignment.desks import asks, chooses, comes, giving_desk, owners
from tests.desk import DESK, TestDesk

pytestmark = pytest.mark.asyncio
RULE = 'strategy = "least_busy"\ncapacity = 1\nneeds = { "care_*" = [] }\nfallback_minutes = 600'
Way = Callable[[TestDesk, Agent, str], Awaitable[None]]


@asynccontextmanager
async def at_work(desk: TestDesk) -> AsyncIterator[None]:
    """The worker runs until the block ends."""
    working = asyncio.create_task(desk.parts.assigner.run())
    await asyncio.sleep(0.05)  # it has looked once
    try:
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await desk.settle()


async def is_given(desk: TestDesk, conversation: str, to: str) -> None:
    for _ in range(1000):
        if await owners(desk, [conversation]) == [to]:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"nobody gives it to {to}")


async def one_waits_until(folder: Path, happens: Way, to: str) -> None:
    """Anna has all that she can have, and one more waits until this happens."""
    async with giving_desk(folder, RULE) as desk:
        anna = await comes(desk, "Anna")
        theirs, waits = await asks(desk, "a", "b")
        async with at_work(desk):
            assert await owners(desk, [theirs, waits]) == ["Anna", None]
            await happens(desk, anna, theirs)
            await is_given(desk, waits, to)


async def epoch(desk: TestDesk, conversation: str) -> int:
    return (await desk.conversation(conversation)).epoch


async def closed(desk: TestDesk, agent: Agent, there: str) -> None:
    await desk.handoffs.close(agent, there, epoch=await epoch(desk, there))


async def spam(desk: TestDesk, agent: Agent, there: str) -> None:
    await desk.handoffs.close_as_spam(agent, there, epoch=await epoch(desk, there))


async def blocked(desk: TestDesk, agent: Agent, there: str) -> None:
    await desk.parts.handling.blocking.block(agent, there, reason="Insults")


async def put_off(desk: TestDesk, agent: Agent, there: str) -> None:
    await desk.handoffs.snooze(agent, there, epoch=await epoch(desk, there), choice="hour")


async def back_in_the_queue(desk: TestDesk, agent: Agent, there: str) -> None:
    await desk.handoffs.release(agent, there, epoch=await epoch(desk, there))


async def returned_to_the_bot(desk: TestDesk, agent: Agent, there: str) -> None:
    await desk.handoffs.return_to_bot(agent, there, epoch=await epoch(desk, there))


async def handed_over(desk: TestDesk, agent: Agent, there: str) -> None:
    ola = await desk.add_agent("Ola")  # who has no inbox open
    transfers = desk.parts.handling.transfers
    await transfers.to_agent(agent, there, epoch=await epoch(desk, there), to_id=ola.id)


async def ended_by_the_customer(desk: TestDesk, agent: Agent, there: str) -> None:
    await desk.parts.frontdesk.end_conversation("web", "a", there)


async def colleague_comes(desk: TestDesk, agent: Agent, there: str) -> None:
    ola = await comes(desk, "Ola", presence=State.BREAK)
    await chooses(desk, ola, State.ONLINE)


NEWS: dict[str, tuple[Way, str]] = {
    "closed": (closed, "Anna"),
    "spam": (spam, "Anna"),
    "blocked": (blocked, "Anna"),
    "put off": (put_off, "Anna"),
    "back in the queue": (back_in_the_queue, "Anna"),
    "returned to the bot": (returned_to_the_bot, "Anna"),
    "handed over": (handed_over, "Anna"),
    "ended by the customer": (ended_by_the_customer, "Anna"),
    "a colleague comes": (colleague_comes, "Ola"),
}


@pytest.mark.parametrize("way", NEWS)
async def test_a_slot_that_becomes_free_is_filled_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """By the news of it alone: nobody looks at the clock."""
    monkeypatch.setattr(service, "LOOK_SECONDS", 3600.0)
    await one_waits_until(tmp_path, *NEWS[way])


async def more_room(desk: TestDesk, agent: Agent, there: str) -> None:
    await desk.parts.accounts.change_capacity(agent.email, 2)


async def an_inbox_is_opened(desk: TestDesk, agent: Agent, there: str) -> None:
    ola = await desk.add_agent("Ola")
    await desk.parts.presence.heartbeat(ola.id)


async def another_desk(desk: TestDesk, agent: Agent, there: str) -> None:
    lead, ola = await desk.add_agent("Lead"), await comes(desk, "Ola", desks=["it-help"])
    profile = Profile("Ola", ola.role, (DESK,), (), ("en",))
    await desk.parts.people.change(replace(ON_COMMAND_LINE), lead, ola.id, profile)


ROOM: dict[str, tuple[Way, str]] = {
    "more room": (more_room, "Anna"),
    "an inbox is opened": (an_inbox_is_opened, "Ola"),
    "another desk": (another_desk, "Ola"),
}


@pytest.mark.parametrize("way", ROOM)
async def test_room_that_nobody_tells_of_is_found_within_two_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    assert service.LOOK_SECONDS <= 2
    monkeypatch.setattr(service, "LOOK_SECONDS", 0.05)
    await one_waits_until(tmp_path, *ROOM[way])


async def test_all_free_slots_are_filled_and_not_only_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes back from lunch gets as much as they have room for; so does the next one."""
    monkeypatch.setattr(service, "LOOK_SECONDS", 3600.0)
    async with giving_desk(tmp_path, 'strategy = "round_robin"\ncapacity = 3') as desk:
        waiting = await asks(desk, *"abcdefg")
        anna = await comes(desk, "Anna", presence=State.BREAK)
        ola = await comes(desk, "Ola", presence=State.BREAK)
        async with at_work(desk):
            await chooses(desk, anna, State.ONLINE)
            await is_given(desk, waiting[2], "Anna")
            assert await owners(desk, waiting[:4]) == ["Anna"] * 3 + [None]
            reply = Reply("Hello", await epoch(desk, waiting[0]), "k")
            await desk.handoffs.reply(anna, waiting[0], reply)  # which frees nothing
            await chooses(desk, ola, State.ONLINE)
            await is_given(desk, waiting[5], "Ola")
            assert await owners(desk, waiting[3:]) == ["Ola"] * 3 + [None]
