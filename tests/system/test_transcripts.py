"""Golden conversations through the whole product: widget socket, desk, real engine, real actions.

Each file in tests/transcripts/ is a conversation: what the customer writes or presses, and what
must come back. A line of an answer is a part of it, so that wording may be polished around it.
"""

from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from websockets.asyncio.client import connect

from tests.product import Product
from tests.server import Browser, Frame

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600), pytest.mark.asyncio]

TRANSCRIPTS = sorted(Path(__file__).parent.parent.joinpath("transcripts").glob("*.yml"))


def cases() -> list[Any]:
    return [
        pytest.param(story, id=f"{path.stem}: {story['name']}")
        for path in TRANSCRIPTS
        for story in yaml.safe_load(path.read_text("utf-8"))
    ]


@pytest.mark.parametrize("story", cases())
async def test_transcript(product: Product, story: dict[str, Any]) -> None:
    async with httpx.AsyncClient(base_url=product.url) as http:
        response = await http.post("/widget/session", json={"desk": story["desk"]})
        token = response.raise_for_status().json()["token"]
    async with connect(product.socket_url) as socket:
        browser = Browser(socket, token)
        await browser.say_hello(desk=story["desk"], language=story["language"])
        for step in story["steps"]:
            if "customer" in step:
                await browser.write(step["customer"])
            elif "presses" in step:
                await press(browser, step["presses"])
            else:
                await browser.send(type="human", id=f"human-{len(browser.received)}")
            # In the order in which the story has them: a notice may come before the answer.
            for author in (key for key in step if key in ("bot", "system")):
                for part in step[author]:
                    heard = await hear(browser, author, part)
                    assert part in heard["text"], f"{part!r} is not in {heard['text']!r}"


async def hear(browser: Browser, author: str, part: str) -> Frame:
    """The next message of this author; "Was this helpful?" only where the story waits for it."""
    while True:
        message = await browser.wait_for_message(author)
        is_question = any("_helpful" in button["payload"] for button in message["buttons"])
        if not is_question or part in message["text"]:
            return message


async def press(browser: Browser, title: str) -> None:
    """The newest button of this title."""
    offer, button = next(
        (message, button)
        for message in reversed([f for f in browser.received if f["type"] == "message"])
        for button in message["buttons"]
        if button["title"] == title
    )
    key = f"press-{offer['seq']}-{title}"[:60]
    await browser.send(type="choose", id=key, seq=offer["seq"], **button)
