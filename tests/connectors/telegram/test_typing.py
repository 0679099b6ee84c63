"""“typing…” is shown without gaps: Telegram takes it away after five seconds."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bot.channel import Author, AuthorKind, Hint, thread_topic
from bot.routing import typing_sign
from connectors.telegram import watching
from tests.connectors.telegram.fake import FakeTelegram
from tests.connectors.telegram.test_commands import THREAD
from tests.desk import answer
from tests.server import Server

pytestmark = pytest.mark.asyncio
SHOWN_SECONDS = 5.0
TOPIC = thread_topic("telegram", THREAD)


async def test_it_stays_while_the_bot_works_and_no_longer(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typing_sign, "AGAIN_SECONDS", 0.1)
    monkeypatch.setattr(watching, "TYPING_SECONDS", 0.05)
    server.engine.at_once = None
    await fake.says("how long is delivery?")
    await fake.wait_for_call("sendChatAction", times=4)
    server.engine.reply(0, answer("Two working days."))
    await fake.wait_for("Two working days.")
    shown = len(fake.called("sendChatAction"))
    monkeypatch.setattr(typing_sign, "AFTER_SECONDS", 60.0)  # of the next answer there is none
    server.engine.at_once = answer("It is free.")
    await fake.says("and what does it cost?")
    await fake.wait_for("It is free.")
    assert len(fake.called("sendChatAction")) <= shown + 1  # one was on its way


async def test_it_ends_though_the_engine_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert typing_sign.AGAIN_SECONDS < SHOWN_SECONDS
    monkeypatch.setattr(typing_sign, "AFTER_SECONDS", 0.0)
    monkeypatch.setattr(typing_sign, "AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(typing_sign, "MOST_SECONDS", 0.05)
    shown: list[Hint] = []
    bus: Any = SimpleNamespace(publish=shown.append)
    typing_sign.TypingSign(bus, TOPIC)
    async with asyncio.timeout(30):
        while len(shown) < 5:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert len(shown) == 5


async def test_each_sign_of_an_agent_who_types_is_passed_on(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser tells it every three seconds; what comes between is left out."""
    monkeypatch.setattr(typing_sign, "AFTER_SECONDS", 60.0)  # the bot's own sign
    await fake.says("how long is delivery?")
    await fake.wait_for("Two working days.")
    clock = [1000.0]
    monkeypatch.setattr(watching, "monotonic", lambda: clock[0])
    hint = Hint(TOPIC, "typing", (Author(AuthorKind.AGENT, "Ola"), True))
    for times, seconds in enumerate((3.0, 2.9, 3.1, 3.0), start=1):
        clock[0] += seconds
        server.app.state.parts.bus.publish(hint)
        await fake.wait_for_call("sendChatAction", times=times)
        server.app.state.parts.bus.publish(hint)
    await fake.says("/status")
    await fake.wait_for("Customer care")
    assert len(fake.called("sendChatAction")) == 4
