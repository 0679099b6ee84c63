"""Files of agents that are larger than Telegram takes."""

from collections.abc import AsyncIterator

import pytest

from bot.channel import Upload
from bot.handoff.service import Reply
from connectors.telegram import speaker
from tests.connectors.telegram.fake import FakeTelegram
from tests.connectors.telegram.test_commands import agent_of, claimed, epoch_of
from tests.connectors.telegram.test_delivery import deliveries, until
from tests.files import PDF, png
from tests.server import Server

pytestmark = pytest.mark.asyncio


async def hand_over(server: Server, fake: FakeTelegram, name: str, content: bytes) -> int:
    """An agent sends it; how many messages were delivered before."""
    parts, agent = server.app.state.parts, await agent_of(server)
    there = await claimed(server, fake, agent)
    await fake.wait_for("Ola has joined")

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    upload = Upload("inbox", agent.id, name, name)
    file = (await parts.attachments.receive(upload, pieces())).id
    before = len(await deliveries(server))
    epoch = await epoch_of(server, there)
    await parts.handoffs.reply(agent, there, Reply("", epoch, "k", (file,)))
    return before


async def test_a_larger_one_is_not_even_sent_and_the_agent_is_told(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaker, "MOST_FILE_BYTES", 10)
    before = await hand_over(server, fake, "invoice.pdf", PDF)
    await until(server, fake, *[("delivered", None)] * before, ("dead", "too_long"))
    assert not fake.called("sendDocument")


@pytest.mark.parametrize("is_json", [True, False])
async def test_what_telegram_finds_too_large_is_sent_once(
    server: Server, fake: FakeTelegram, is_json: bool
) -> None:
    if is_json:
        fake.refuse("sendDocument", 413, "Request Entity Too Large")
    else:
        fake.break_down("sendDocument", 413)
    before = await hand_over(server, fake, "invoice.pdf", PDF)
    await until(server, fake, *[("delivered", None)] * before, ("dead", "too_long"))
    assert len(fake.called("refused:sendDocument")) == 1


async def test_a_picture_that_is_too_large_for_a_photo_goes_as_a_document(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaker, "MOST_PHOTO_BYTES", 10)
    await hand_over(server, fake, "shot.png", png())
    sent = await fake.wait_for_call("sendDocument")
    assert sent.files["document"] == png()
    assert not fake.called("sendPhoto")
