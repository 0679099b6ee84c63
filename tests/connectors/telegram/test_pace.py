"""Telegram's limits: one message a second in a chat, thirty overall, twenty a minute in a group."""

import asyncio
from typing import Any

import pytest

from connectors.telegram import pace as pacing
from connectors.telegram.pace import Budget, Pace, Urgency, at_leisure

pytestmark = pytest.mark.asyncio


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each message waited, on a clock that stands still."""
    noted: list[float] = []

    async def sleep(seconds: float) -> None:
        noted.append(seconds)

    monkeypatch.setattr(pacing, "monotonic", lambda: 100.0)
    monkeypatch.setattr("connectors.telegram.pace.asyncio.sleep", sleep)
    return noted


async def send(pace: Pace, chat: int, method: str = "sendMessage") -> Any:
    async def callback() -> str:
        return f"{method} {chat}"

    return await pace.process_request(callback, (), {}, method, {"chat_id": chat}, None)


async def test_a_chats_next_message_waits_for_its_second(waits: list[float]) -> None:
    pace = Pace()
    for _ in range(3):
        await send(pace, 5)
    await send(pace, 6)
    assert waits == [1.0, 2.0]


async def test_typing_and_edits_are_no_messages(waits: list[float]) -> None:
    pace = Pace()
    for method in ("sendMessage", "sendChatAction", "editMessageText"):
        await send(pace, 5, method)
    assert waits == []


async def test_a_group_gets_twenty_and_then_waits_while_others_do_not() -> None:
    pace = Pace(chat_seconds=0.0)
    tasks = [asyncio.create_task(send(pace, -100)) for _ in range(21)]
    assert await passed(tasks) == 20
    assert await send(pace, -200) == "sendMessage -200"
    assert await passed(tasks) == 20
    tasks[-1].cancel()
    group = pace._get_group_limiter(-100)
    assert (group.max_rate, group.time_period) == (20, 60)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that the test moves: its only number."""
    at = [100.0]
    monkeypatch.setattr(pacing, "monotonic", lambda: at[0])
    return at


async def passed(tasks: list[asyncio.Task[Any]]) -> int:
    """How many are through, after all have had their turn."""
    for _ in range(10):
        await asyncio.sleep(0)
    return sum(task.done() for task in tasks)


async def test_thirty_go_in_a_second_and_the_next_ones_as_time_passes(clock: list[float]) -> None:
    pace = Pace()
    tasks = [asyncio.create_task(send(pace, n)) for n in range(1, 41)]
    assert await passed(tasks) == 30
    clock[0] += 0.11
    pace.budget._let_pass()
    assert await passed(tasks) == 33
    clock[0] += 60
    pace.budget._let_pass()
    assert await passed(tasks) == 40


async def test_a_real_clock_lets_everybody_pass() -> None:
    budget = Budget(200.0)
    await asyncio.gather(*(budget.take() for _ in range(210)))
    assert not budget.is_tight


async def test_answers_go_before_edits_and_opinions(clock: list[float]) -> None:
    pace = Pace()
    await asyncio.gather(*(send(pace, n) for n in range(1, 31)))
    with at_leisure():
        opinion = asyncio.create_task(send(pace, 101))
    edit = asyncio.create_task(send(pace, 102, "editMessageText"))
    answers = [asyncio.create_task(send(pace, n)) for n in (103, 104)]
    assert await passed([opinion, edit, *answers]) == 0
    clock[0] += 0.07  # two more
    pace.budget._let_pass()
    assert await passed(answers) == 2
    assert await passed([opinion, edit]) == 0
    clock[0] += 1
    pace.budget._let_pass()
    assert await passed([opinion, edit]) == 2


async def test_typing_takes_nothing_of_the_budget_and_is_left_out_where_others_wait(
    clock: list[float],
) -> None:
    pace = Pace()
    for _ in range(100):
        assert await send(pace, 1, "sendChatAction") == "sendChatAction 1"
    tasks = [asyncio.create_task(send(pace, n)) for n in range(1, 32)]
    assert await passed(tasks) == 30
    assert await send(pace, 1, "sendChatAction") is True
    assert await send(pace, 1, "answerCallbackQuery") == "answerCallbackQuery 1"
    tasks[-1].cancel()


async def test_who_gave_up_takes_nothing_of_the_budget(clock: list[float]) -> None:
    budget = Budget(1.0)
    await budget.take()
    gave_up = asyncio.create_task(budget.take())
    waits_on = asyncio.create_task(budget.take(Urgency.LATER))
    assert await passed([gave_up, waits_on]) == 0
    gave_up.cancel()
    await passed([gave_up])
    clock[0] += 1
    budget._let_pass()
    assert await passed([waits_on]) == 1


async def test_chats_that_were_quiet_for_long_are_forgotten(
    waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "KNOWN_CHATS", 2)
    pace = Pace()
    for chat in (1, 2, 3, 1):
        await send(pace, chat)
    assert waits == []
