"""Golden conversations through the whole product: a channel, desk, real engine, real actions.

Each file in tests/transcripts/ is a conversation: what the customer writes or presses, and what
must come back. A line of an answer is a part of it, so that wording may be polished around it.
The same conversations are held in every channel (transcript_drivers.py).
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from bot.messengers import telegram
from tests.connectors.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack, fake_slack
from tests.connectors.telegram.fake import TOKEN, FakeTelegram, fake_telegram
from tests.product import Product
from tests.server import open_server
from tests.system.transcript_drivers import (
    SlackDriver,
    Story,
    TelegramDriver,
    WebDriver,
    play,
    slack_channel,
)

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

ROOT = Path(__file__).parent.parent.parent
DESKS = ROOT / "desks.toml"
TRANSCRIPTS = sorted(Path(__file__).parent.parent.joinpath("transcripts").glob("*.yml"))


def cases() -> list[Any]:
    return [
        pytest.param(story, id=f"{path.stem}: {story['name']}")
        for path in TRANSCRIPTS
        for story in yaml.safe_load(path.read_text("utf-8"))
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize("story", cases())
async def test_transcript(product: Product, story: Story) -> None:
    async with WebDriver.begin(product, story) as driver:
        await play(driver, story)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on_telegram(
    product: Product, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FakeTelegram]:
    """A desk of its own with the product's engine and actions, and a Telegram on loopback."""
    made = telegram.connection_of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            telegram, "connection_of", lambda settings: replace(made(settings), chat_seconds=0.0)
        )
        async with (
            fake_telegram() as fake,
            open_server(
                tmp_path_factory.mktemp("telegram"),
                engine_url=product.engine_url,
                telegram_token=TOKEN,
                telegram_api_url=fake.url,
            ),
        ):
            yield fake


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("story", cases())
async def test_transcript_on_telegram(on_telegram: FakeTelegram, story: Story) -> None:
    async with TelegramDriver.begin(on_telegram, story) as driver:
        await play(driver, story)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def in_slack(
    product: Product, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FakeSlack]:
    """Another one in a Slack on loopback, with a request channel for each of its own desks."""
    folder = tmp_path_factory.mktemp("slack")
    file = folder / "desks.toml"
    channels = "".join(
        f'\n[{desk}.slack]\nchannels = ["{slack_channel(desk)}"]\n'
        for desk in ("customer-care", "it-help")
    )
    file.write_text(DESKS.read_text("utf-8") + channels, "utf-8")
    async with fake_slack() as fake:
        for desk in ("customer-care", "it-help"):
            fake.add_channel(slack_channel(desk), desk)
        async with open_server(
            folder,
            engine_url=product.engine_url,
            desks_file=file,
            slack_bot_token=BOT_TOKEN,
            slack_app_token=APP_TOKEN,
            slack_api_url=fake.url,
        ):
            await fake.until(lambda: bool(fake.sockets), "a socket")
            yield fake


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("story", cases())
async def test_transcript_in_slack(in_slack: FakeSlack, story: Story) -> None:
    async with SlackDriver.begin(in_slack, story) as driver:
        await play(driver, story)
