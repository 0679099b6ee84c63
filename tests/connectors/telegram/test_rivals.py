"""Two installations with one token: an update is answered by one of them, and the newer one gives
way."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from connectors.telegram import rivals
from connectors.telegram.rivals import (
    CONFLICT_SECONDS,
    GRACE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    SOON_SECONDS,
    START_SECONDS,
    Rivals,
)
from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import ANNA, TOKEN, FakeTelegram
from tests.connectors.telegram.test_polling import texts
from tests.desk import answer
from tests.server import Server, open_server

USUAL_START = START_SECONDS


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def one(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Rivals:
    monkeypatch.setattr(rivals, "START_SECONDS", USUAL_START)
    made = Rivals(clock)
    made.begin()
    return made


def settle(one: Rivals, clock: Clock) -> None:
    clock.at += USUAL_START
    assert one.may_take()


def test_a_desk_that_begins_takes_nothing_for_a_moment(one: Rivals, clock: Clock) -> None:
    assert not one.may_take()
    settle(one, clock)


def test_the_one_that_was_there_asks_again_at_once_and_goes_on(one: Rivals, clock: Clock) -> None:
    settle(one, clock)
    for _ in range(3):  # the other asks now and then whether it is alone
        assert one.conflict() == SOON_SECONDS
        assert not one.may_take()
        clock.at += GRACE_SECONDS + 0.1
        assert one.may_take()


def test_a_newer_one_gives_way_for_longer_and_longer(one: Rivals, clock: Clock) -> None:
    pauses = [one.conflict() for _ in range(12)]
    assert pauses[0] > GRACE_SECONDS  # the older one must not take it for another sign
    assert pauses[-1] >= LONGEST_PAUSE_SECONDS > pauses[0]
    clock.at += pauses[-1] + CONFLICT_SECONDS - 0.1
    assert not one.may_take()
    clock.at += 0.2
    assert one.may_take()


def test_of_two_that_were_both_there_one_gives_way(one: Rivals, clock: Clock) -> None:
    settle(one, clock)
    assert one.conflict() == SOON_SECONDS
    clock.at += 1.0
    assert one.conflict() > GRACE_SECONDS
    assert not one.may_take()


def test_what_is_gone_though_it_was_not_confirmed_was_taken_by_another(one: Rivals) -> None:
    assert one.leave([1, 2]) is False
    assert one.leave([1, 2, 3]) is False
    assert one.leave([3]) is True


@pytest.fixture
def _in_less_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same order of lengths, so that nobody waits for minutes."""
    monkeypatch.setattr(rivals, "FIRST_PAUSE_SECONDS", 2.5)
    monkeypatch.setattr(rivals, "CONFLICT_SECONDS", 2.5)
    monkeypatch.setattr("tests.connectors.telegram.fake.PATIENCE_SECONDS", 40.0)


def another(folder: Path, fake: FakeTelegram) -> Any:
    """A second installation: a database of its own, and the first one's token."""
    folder.mkdir()
    return open_server(folder, telegram_token=TOKEN, telegram_api_url=fake.url)


def slow(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a while until a message is committed and confirmed."""
    desk = server.app.state.parts.frontdesk
    receive = desk.receive_customer_message

    async def slowly(inbound: Any) -> Any:
        await asyncio.sleep(0.4)
        return await receive(inbound)

    monkeypatch.setattr(desk, "receive_customer_message", slowly)


@pytest.mark.timeout(90)
@pytest.mark.usefixtures("_in_less_time")
@pytest.mark.asyncio
async def test_while_a_second_installation_begins_each_message_is_answered_once(
    tmp_path: Path, open_telegram: Open, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def write(people: range) -> None:
        for number in people:
            await fake.says("hello", who={**ANNA, "id": number})
            await asyncio.sleep(0.2)

    async with open_telegram() as first:
        slow(first, monkeypatch)
        await write(range(100, 102))
        monkeypatch.setattr(rivals, "START_SECONDS", USUAL_START)
        async with another(tmp_path / "second", fake) as second:
            second.engine.at_once = answer("Two working days.")
            slow(second, monkeypatch)
            await write(range(102, 130))
            await fake.wait_for("Two working days.", times=30)
            await fake.until_confirmed()
            said = await texts(first) + await texts(second)
    chats = [call.given["chat_id"] for call in fake.sent() if "Two working" in call.text]
    assert sorted(chats) == list(range(100, 130))
    assert len(said) == 30


@pytest.mark.timeout(90)
@pytest.mark.usefixtures("_in_less_time")
@pytest.mark.asyncio
async def test_the_second_one_is_quiet_until_the_first_is_gone(
    tmp_path: Path, open_telegram: Open, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_telegram() as first:
        await fake.says("one", who={**ANNA, "id": 100})
        await fake.wait_for("Two working days.")
        monkeypatch.setattr(rivals, "START_SECONDS", USUAL_START)
        async with another(tmp_path / "second", fake) as second:
            second.engine.at_once = answer("From the second one.")
            await fake.wait_for_call("refused:getUpdates", times=2)
            await fake.says("two", who={**ANNA, "id": 101})
            await fake.wait_for("Two working days.", chat=101)
            assert await texts(second) == []
            await fake.until_confirmed()
            await first.app.state.parts.telegram.sender.take_no_more()
            await fake.says("three", who={**ANNA, "id": 102})
            await fake.until(lambda: len(fake.sent(102)) == 1, "the second one's answer")
            assert await texts(second) == ["three"]
