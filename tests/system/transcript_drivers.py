"""How a golden conversation is held in a channel: all drivers have the same methods."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any, Protocol
from uuid import uuid4

import httpx
from websockets.asyncio.client import connect

from bot.texts import text
from tests.connectors.slack.fake import FakeSlack
from tests.connectors.slack.office import actions_of
from tests.connectors.telegram.fake import Call, FakeTelegram
from tests.product import Product
from tests.server import Browser, Frame

# `Any`: JSON; a story is what YAML gives.
Story = dict[str, Any]
PATIENCE_SECONDS = 20.0
# Slack asks “Was this helpful?” in words of its own.
IN_SLACK = {"yes": "slack.solved", "no": "slack.still_stuck"}
# What the bot has an answer to at customer care.
ANSWERED = {
    "en": ("how many days until delivery?", "can I pay in instalments?"),
    "pl": ("ile trwa dostawa", "czy mogę płacić w ratach?"),
}


class Driver(Protocol):
    """A customer in a channel."""

    async def write(self, words: str) -> None:
        """Says it."""

    async def press(self, title: str) -> None:
        """The newest button of this title."""

    async def ask_for_human(self) -> None:
        """The channel's own way to a person."""

    async def hear(self, author: str, part: str) -> str:
        """The next message of this author (`bot` or `system`); “Was this helpful?” only where the
        story waits for it."""


class WebDriver:
    """The website's widget, as far as its protocol goes."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    @classmethod
    @asynccontextmanager
    async def begin(cls, product: Product, story: Story) -> AsyncIterator["WebDriver"]:
        async with httpx.AsyncClient(base_url=product.url, timeout=60) as http:
            response = await http.post("/widget/session", json={"desk": story["desk"]})
            token = response.raise_for_status().json()["token"]
        async with connect(product.socket_url) as socket:
            browser = Browser(socket, token)
            await browser.say_hello(desk=story["desk"], language=story["language"])
            yield cls(browser)

    async def write(self, words: str) -> None:
        await self._browser.write(words)

    async def press(self, title: str) -> None:
        offer, button = next(
            (message, button)
            for message in reversed(self._messages())
            for button in message["buttons"]
            if button["title"] == title
        )
        key = f"press-{offer['seq']}-{title}"[:60]
        await self._browser.send(type="choose", id=key, seq=offer["seq"], **button)

    async def ask_for_human(self) -> None:
        await self._browser.send(type="human", id=f"human-{len(self._browser.received)}")

    async def hear(self, author: str, part: str) -> str:
        while True:
            message = await self._browser.wait_for_message(author)
            is_question = any("_helpful" in button["payload"] for button in message["buttons"])
            if not is_question or part in message["text"]:
                return str(message["text"])

    def _messages(self) -> list[Frame]:
        return [frame for frame in self._browser.received if frame["type"] == "message"]


class TelegramDriver:
    """A private chat in Telegram; the desk is named by a link, as from a website."""

    _people = 1000

    def __init__(self, fake: FakeTelegram, who: dict[str, Any]) -> None:
        self._fake = fake
        self._who = who
        self._heard = 0

    @classmethod
    @asynccontextmanager
    async def begin(cls, fake: FakeTelegram, story: Story) -> AsyncIterator["TelegramDriver"]:
        cls._people += 1
        person = {
            **{"id": cls._people, "is_bot": False, "first_name": str(uuid4())[:8]},
            "language_code": story["language"],
        }
        driver = cls(fake, person)
        await fake.says(f"/start {story['desk']}", who=person)
        await driver._next()  # the greeting
        yield driver

    async def write(self, words: str) -> None:
        await self._fake.says(words, who=self._who)

    async def press(self, title: str) -> None:
        offer = next(
            call
            for call in reversed(self._fake.sent(self._who["id"]))
            if any(key["text"] == title for key in call.keys)
        )
        await self._fake.presses(offer, title, who=self._who)

    async def ask_for_human(self) -> None:
        await self._fake.says("/human", who=self._who)

    async def hear(self, author: str, part: str) -> str:
        """Telegram shows no difference between the bot and the desk, both speak as the bot: so
        while the desk is waited for, what else the bot has to say is passed over."""
        while True:
            call = await self._next()
            data = [str(key.get("callback_data")) for key in call.keys]
            words = unescape(call.text)
            is_question = words.startswith(("Was this helpful", "Czy to pomogło"))
            if part not in words and (author == "system" or (data and is_question)):
                continue
            return words

    async def _next(self) -> Call:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self._fake.sent(self._who["id"])) <= self._heard:
            assert time.monotonic() < deadline, "no answer came"
            await asyncio.sleep(0.02)
        self._heard += 1
        return self._fake.sent(self._who["id"])[self._heard - 1]


class SlackDriver:
    """A thread of the desk's request channel, begun by the first thing that is written."""

    _people = 0

    def __init__(self, fake: FakeSlack, who: str, channel: str, language: str) -> None:
        self._fake, self._who, self._channel = fake, who, channel
        self._language = language
        self._thread = ""
        self._heard = 0
        self._pressed: set[str] = set()

    @classmethod
    @asynccontextmanager
    async def begin(cls, fake: FakeSlack, story: Story) -> AsyncIterator["SlackDriver"]:
        cls._people += 1
        who = fake.add_user(
            f"U0GOLD{cls._people}",
            f"Person{cls._people} Golden",
            locale={"en": "en-US", "pl": "pl-PL"}[story["language"]],
        )
        # Of whom the desk knows no more than of a visitor of the website.
        del fake.users[who]["profile"]["email"]
        yield cls(fake, who, slack_channel(story["desk"]), story["language"])

    async def write(self, words: str) -> None:
        if self._thread:
            place = {"thread_ts": self._thread, "parent_user_id": self._who}
            await self._fake.post(self._who, self._channel, words, **place)
        else:
            self._thread = await self._fake.post(self._who, self._channel, words)

    async def press(self, title: str) -> None:
        called = {text(f"helpful.{one}", self._language): slack for one, slack in IN_SLACK.items()}
        if title in called:
            title = text(called[title], self._language)
        offers = [post for post in self._posts() if title in actions_of(post)]
        # A button goes away once it was pressed, a moment later.
        offer = next(post for post in reversed(offers) if post["ts"] not in self._pressed)
        self._pressed.add(offer["ts"])
        await self._fake.press(self._who, dict(offer), actions_of(offer)[title])

    async def ask_for_human(self) -> None:
        """The button that is under every answer: so there have to be some first, and each is
        pressed once."""
        title = text("button.person", self._language)
        if not self._thread:
            for question in ANSWERED[self._language]:
                await self.write(question)
                while title not in actions_of(await self._next()):
                    pass
        await self.press(title)

    async def hear(self, author: str, part: str) -> str:
        """As in Telegram, bot and desk speak as one."""
        while True:
            post = await self._next()
            words = unescape(str(post["text"]))
            is_question = text("slack.solved", self._language) in actions_of(post)
            if part not in words and (author == "system" or is_question):
                continue
            return words

    def _posts(self) -> list[Frame]:
        mine = (post for post in self._fake.posts if post.get("thread_ts") == self._thread)
        return [post for post in mine if "bot_id" in post]

    async def _next(self) -> Frame:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self._posts()) <= self._heard:
            assert time.monotonic() < deadline, "no answer came"
            await asyncio.sleep(0.02)
        self._heard += 1
        return self._posts()[self._heard - 1]


def slack_channel(desk: str) -> str:
    """Where requests to this desk are posted."""
    return f"C0{desk.upper().replace('-', '')}"


async def play(driver: Driver, story: Story) -> None:
    """The whole story; the test fails where an answer is another one."""
    for step in story["steps"]:
        if "customer" in step:
            await driver.write(step["customer"])
        elif "presses" in step:
            await driver.press(step["presses"])
        else:
            await driver.ask_for_human()
        # In the order in which the story has them: a notice may come before the answer.
        for author in (key for key in step if key in ("bot", "system")):
            for part in step[author]:
                heard = await driver.hear(author, part)
                assert part in heard, f"{part!r} is not in {heard!r}"
