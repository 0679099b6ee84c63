"""What npm `emulate` takes of what the app shows and changes: a card, and the home page."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.connectors.slack.emulator import SECRET, Json
from tests.connectors.slack.fake import FakeSlack
from tests.connectors.slack.test_emulate_more import Emulation, open_emulation
from tests.desk import answer

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def emulation(tmp_path: Path) -> AsyncIterator[Emulation]:
    async with open_emulation(tmp_path, agents=True) as running:
        handoff = {"reason": "asked_for_human"}
        running.office.engine.at_once = answer(handoff=handoff, replies=[], intent="talk_to_human")
        yield running


async def asks(emulation: Emulation, words: str) -> None:
    await emulation.slack.call("ada", "chat.postMessage", channel=emulation.channel, text=words)


async def cards(emulation: Emulation) -> list[Json]:
    """The posts of the agents' channel, as its members see them."""
    triage = emulation.slack.channels["it-triage"]
    said = await emulation.slack.call("ada", "conversations.history", channel=triage)
    return [post for post in said["messages"] if post.get("blocks")]


async def test_a_card_changes_in_its_place_as_its_conversation_does(emulation: Emulation) -> None:
    await asks(emulation, "My laptop <hangs> & smokes")

    async def is_posted() -> bool:
        return bool(await cards(emulation))

    await emulation.until(is_posted)
    (before,) = await cards(emulation)
    assert "edited" not in before
    assert "triage.claim" in json.dumps(before["blocks"])
    (conversation,) = await emulation.office.conversations()
    agent = await emulation.office.agent()
    await emulation.office.parts.handoffs.claim(agent, conversation.id, epoch=conversation.epoch)

    async def is_changed() -> bool:
        return "Anna has it" in json.dumps(await cards(emulation))

    await emulation.until(is_changed)
    (after,) = await cards(emulation)
    assert after["ts"] == before["ts"], "the same post"
    assert after["edited"]["user"] == emulation.bot
    assert "triage.reply" in json.dumps(after["blocks"])


async def test_the_home_page_is_published_and_changes_with_the_request(
    emulation: Emulation,
) -> None:
    slack, ada = emulation.slack, emulation.slack.users["ada"]
    assert await slack.home("ada") is None
    # The emulator knows nobody who opens a page: this event alone is ours.
    opened = {"type": "app_home_opened", "tab": "home", "user": ada, "channel": "D0ADA"}
    who = await slack.call("ada", "auth.test")
    body = {"type": "event_callback", "team_id": who["team_id"], "event": opened, "event_id": "E1"}
    taken = await FakeSlack().send_http(emulation.office.server.url, body, secret=SECRET)
    assert taken.status_code == 200

    async def shows(*parts: str) -> bool:
        home = await slack.home("ada")
        return home is not None and all(part in json.dumps(home["blocks"]) for part in parts)

    await emulation.until(lambda: shows("no open request"))
    first = await slack.home("ada")
    await asks(emulation, "My laptop smokes")
    await emulation.until(lambda: shows("My laptop smokes"))
    second = await slack.home("ada")
    assert first is not None
    assert second is not None
    assert second["view_id"] == first["view_id"], "the same page"
    assert second["hash"] != first["hash"]
