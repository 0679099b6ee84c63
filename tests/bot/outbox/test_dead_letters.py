"""What cannot be delivered says why, is sent again on demand, and order holds around it."""

import asyncio
from pathlib import Path

import pytest
import time_machine

from bot.channel import Author, AuthorKind, Problem, RetryLater, Undeliverable
from bot.clock import now
from bot.conversations.repository import lock_conversation
from bot.outbox.worker import HOLD, MAX_ATTEMPTS
from tests.desk import TestDesk, open_desk

pytestmark = pytest.mark.asyncio


async def book(desk: TestDesk, conversation_id: str, words: str) -> None:
    async with desk.db.write() as tx:
        conversation = await lock_conversation(tx.session, conversation_id)
        assert conversation is not None
        say = desk.parts.turns._conversations.say
        await say(tx, conversation, Author(AuthorKind.SYSTEM), words)


async def say(desk: TestDesk, conversation_id: str, words: str) -> None:
    await book(desk, conversation_id, words)
    await desk.settle()
    await desk.parts.outbox._write()


async def send_again(desk: TestDesk, conversation_id: str, seq: int) -> bool:
    async with desk.db.write() as tx:
        conversation = await lock_conversation(tx.session, conversation_id)
        assert conversation is not None
        return await desk.parts.turns._conversations.send_again(tx, conversation, seq)


def delivered(desk: TestDesk) -> list[str]:
    return [message.text for message in desk.sender.delivered]


async def first_try(desk: TestDesk) -> None:
    async with asyncio.timeout(10):
        while not desk.parts.outbox._unwritten:
            await asyncio.sleep(0.01)
    await desk.parts.outbox._write()


async def test_a_dead_letter_says_which_kind_of_never_it_is(desk: TestDesk) -> None:
    opened = (await desk.customer_says("Hello")).conversation
    for problem in (Problem.BLOCKED, Problem.GONE, Problem.TOO_LONG):
        desk.sender.failures = [Undeliverable("says the channel", problem)]
        await say(desk, opened, problem)
    desk.sender.failures = [Undeliverable("not today")]
    await say(desk, opened, "Something else")
    assert [(row.status, row.problem_kind) for row in await desk.deliveries()] == [
        ("dead", "blocked"),
        ("dead", "gone"),
        ("dead", "too_long"),
        ("dead", "refused"),
    ]


async def test_a_channel_that_this_program_does_not_speak(desk: TestDesk) -> None:
    opened = (await desk.customer_says("Hello", channel="pigeon")).conversation
    await say(desk, opened, "Coo")
    (row,) = await desk.deliveries()
    assert (row.status, row.problem_kind, row.problem) == ("dead", "no_channel", "pigeon")


async def test_what_was_tried_in_vain_for_an_hour_is_a_dead_letter(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outbox.worker.backoff", lambda _: 0.0)
    desk.sender.failures = [RetryLater("busy") for _ in range(MAX_ATTEMPTS)]
    opened = (await desk.customer_says("Hello")).conversation
    await say(desk, opened, "One")
    await say(desk, opened, "Two")
    rows = await desk.deliveries()
    assert [(row.status, row.problem_kind) for row in rows] == [
        ("dead", "gave_up"),
        ("delivered", None),
    ]
    assert await desk.attempts() == ["retry"] * (MAX_ATTEMPTS - 1) + ["dead", "delivered"]


async def test_the_next_process_too_waits_as_long_as_the_channel_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outbox.worker.STOP_SECONDS", 0.01)
    async with open_desk(tmp_path) as desk:
        opened = (await desk.customer_says("Hello")).conversation
        desk.sender.failures = [RetryLater("slow down", seconds=120.0)]
        await book(desk, opened, "One")
        await book(desk, opened, "Two")
        await first_try(desk)
        first, second = await desk.deliveries()
    assert (first.attempts, second.attempts, first.problem) == (1, 0, "slow down")
    assert first.retry_at is not None
    assert 100 < (first.retry_at - now()).total_seconds() < 133
    async with open_desk(tmp_path) as desk:
        assert await desk.parts.outbox.sweep() == 2
        await asyncio.sleep(0.2)
        assert delivered(desk) == []  # nor does «Two» overtake it
    with time_machine.travel(first.retry_at + HOLD):
        async with open_desk(tmp_path) as desk:
            assert await desk.parts.outbox.sweep() == 2
            await desk.settle()
            assert delivered(desk) == ["One", "Two"]


async def test_a_dead_letter_that_is_sent_again_goes_before_what_waits(desk: TestDesk) -> None:
    opened = (await desk.customer_says("Hello")).conversation
    desk.sender.failures = [Undeliverable("blocked", Problem.BLOCKED)]
    await say(desk, opened, "One")
    desk.sender.failures = [RetryLater("busy", seconds=1.0)] * 20  # until «One» is booked
    await book(desk, opened, "Two")
    await first_try(desk)
    assert not await send_again(desk, opened, 3)  # it waits, and is no dead letter
    assert not await send_again(desk, opened, 99)
    assert await send_again(desk, opened, 2)
    desk.sender.failures.clear()
    assert not await send_again(desk, opened, 2)  # once
    await desk.settle()
    await desk.parts.outbox._write()
    assert delivered(desk) == ["One", "Two"]
    rows = await desk.deliveries()
    assert [(row.status, row.problem, row.problem_kind) for row in rows] == [
        ("delivered", None, None)
    ] * 2
    tried = [outcome for outcome in await desk.attempts() if outcome != "retry"]
    assert tried == ["dead", "delivered", "delivered"]


async def test_what_waits_behind_a_dead_letter_keeps_its_order_in_another_process(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as desk:
        opened = (await desk.customer_says("Hello")).conversation
        desk.sender.failures = [Undeliverable("gone", Problem.GONE)]
        await say(desk, opened, "One")
        desk.parts.outbox._stopping = True
        for words in ("Two", "Three", "Four"):
            await book(desk, opened, words)
    async with open_desk(tmp_path) as desk:
        assert await desk.parts.outbox.sweep() == 3
        await desk.settle()
        assert delivered(desk) == ["Two", "Three", "Four"]


async def test_a_dead_letter_of_one_process_is_sent_again_by_another(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        opened = (await desk.customer_says("Hello")).conversation
        desk.sender.failures = [Undeliverable("gone", Problem.GONE)]
        await say(desk, opened, "One")
    async with open_desk(tmp_path) as other:
        assert await send_again(other, opened, 2)
        await other.settle()
        assert delivered(other) == ["One"]
        assert other.sender.delivered[0].may_have_left  # for all that this process knows
