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
        last: Frame = {}
        for step in story["steps"]:
            if "customer" in step:
                await browser.write(step["customer"])
            elif "presses" in step:
                await press(browser, last, step["presses"])
            else:
                await browser.send(type="human", id=f"human-{len(browser.received)}")
            for author in ("bot", "system"):
                for part in step.get(author, []):
                    last = await browser.wait_for_message(author)
                    assert part in last["text"], f"{part!r} is not in {last['text']!r}"


async def press(browser: Browser, offer: Frame, title: str) -> None:
    button = next(button for button in offer["buttons"] if button["title"] == title)
    key = f"press-{offer['seq']}-{title}"[:60]
    await browser.send(type="choose", id=key, seq=offer["seq"], **button)
