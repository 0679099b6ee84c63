"""The real service in a thread of its own, beside Playwright's; the test speaks for the engine."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import select

from bot.accounts.models import Agent
from bot.accounts.permissions import Role
from bot.assembly import Parts
from bot.channel import Author, AuthorKind, Hint, thread_topic
from bot.conversations.models import Conversation
from bot.handoff.service import Handoffs, Reply
from tests.desk import DESK, answer
from tests.server import Server, open_server

Answer = TypeVar("Answer")
START_SECONDS = 30
RUN_SECONDS = 120
PATIENCE_MS = 15_000


class LiveDesk:
    """A desk on a free port, and what its agents do."""

    def __init__(self, server: Server, loop: asyncio.AbstractEventLoop) -> None:
        self.server = server
        self._loop = loop
        self.says("Two working days.")

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def parts(self) -> Parts:
        parts: Parts = self.server.app.state.parts
        return parts

    def says(self, *texts: str, **fields: Any) -> None:
        """What the bot answers to everything from now on."""
        self.server.engine.at_once = answer(*texts, **fields)

    def answers(self, *texts: str) -> None:
        """To what the silent bot was asked first."""

        async def reply() -> None:
            self.server.engine.reply(0, answer(*texts))

        self.run(reply())

    def is_silent(self) -> None:
        """The bot thinks for ever."""
        self.server.engine.at_once = None

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Does it in the service's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(RUN_SECONDS)

    def agent(self, name: str = "Anna", *, role: Role = Role.AGENT) -> "LiveAgent":
        async def hire() -> Agent:
            email = f"{name.lower()}@example.com"
            await self.parts.accounts.add_agent(email, name, [DESK], role=role)
            async with self.parts.db.read() as session:
                return (await session.scalars(select(Agent).where(Agent.name == name))).one()

        return LiveAgent(self, self.run(hire()))

    def same(self, agent: "LiveAgent") -> "LiveAgent":
        """As the agent is now: with another name or face."""

        async def read() -> Agent:
            async with self.parts.db.read() as session:
                return await session.get_one(Agent, agent._agent.id)

        return LiveAgent(self, self.run(read()))

    def conversation(self) -> Conversation:
        """The newest one."""

        async def newest() -> Conversation:
            async with self.parts.db.read() as session:
                found = select(Conversation).order_by(Conversation.created_at.desc()).limit(1)
                return (await session.scalars(found)).one()

        return self.run(newest())


class LiveAgent:
    """An agent who works on the newest conversation."""

    def __init__(self, desk: LiveDesk, agent: Agent) -> None:
        self._desk = desk
        self._agent = agent
        self._replies = 0

    @property
    def _handoffs(self) -> Handoffs:
        return self._desk.parts.handoffs

    def claims(self) -> None:
        there = self._desk.conversation()
        self._desk.run(self._handoffs.claim(self._agent, there.id, epoch=there.epoch))

    def replies(self, text: str) -> None:
        there = self._desk.conversation()
        self._replies += 1
        reply = Reply(text, epoch=there.epoch, key=str(self._replies))
        self._desk.run(self._handoffs.reply(self._agent, there.id, reply))

    def types(self) -> None:
        """As the inbox says it while the agent writes."""
        there = self._desk.conversation()
        author = Author(AuthorKind.AGENT, self._agent.name)
        hint = Hint(thread_topic(there.channel, there.thread), "typing", (author, True))

        async def publish() -> None:
            self._desk.parts.bus.publish(hint)

        self._desk.run(publish())

    def closes(self, *, as_spam: bool = False) -> None:
        there = self._desk.conversation()
        close = self._handoffs.close_as_spam if as_spam else self._handoffs.close
        self._desk.run(close(self._agent, there.id, epoch=there.epoch))


@contextmanager
def open_live_desk(folder: Path, **settings: Any) -> Iterator[LiveDesk]:
    """Until the block ends."""
    opened: list[LiveDesk | BaseException] = []
    is_open, is_over = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with open_server(folder, **settings) as server:
            opened.append(LiveDesk(server, asyncio.get_running_loop()))
            is_open.set()
            await is_over.wait()

    def main() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            opened.append(error)
            raise
        finally:
            is_open.set()

    thread = threading.Thread(target=main, name="live desk")
    thread.start()
    is_open.wait(START_SECONDS)
    desk = opened[0]
    if isinstance(desk, BaseException):
        thread.join()
        raise desk
    try:
        yield desk
    finally:
        desk._loop.call_soon_threadsafe(is_over.set)
        thread.join()


@contextmanager
def configured_desk(folder: Path, desks: str) -> Iterator[LiveDesk]:
    """One with these desks, as their file has them."""
    path = folder / "desks.toml"
    path.write_text(desks, "utf-8")
    with open_live_desk(folder, desks_file=path) as opened:
        yield opened


class Widget:
    """The chat in a page, by what its customer sees."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.chat = page.locator("firstline-chat")
        self.panel = self.chat.locator(".panel")
        self.log = self.chat.locator(".log")
        self.input = self.chat.locator(".foot textarea")

    @classmethod
    def visit(cls, browser: Browser, url: str, **options: Any) -> "Widget":
        """A new browser profile on the demo shop's page."""
        context: BrowserContext = browser.new_context(**({"locale": "en-GB"} | options))
        page = context.new_page()
        page.goto(url)
        return cls(page)

    def open(self) -> None:
        expect(self.chat.locator(".launcher")).to_be_visible()
        self.chat.locator(".launcher").focus()
        self.page.keyboard.press("Enter")
        # On a phone the keyboard stays away until the customer wants it.
        is_phone = self.page.evaluate("matchMedia('(pointer: coarse)').matches")
        expect(self.log if is_phone else self.input).to_be_focused()

    def says(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def row(self, author: str, text: str) -> Locator:
        return self.chat.locator(f".row.{author}", has_text=text).last

    def hears(self, author: str, text: str) -> None:
        expect(self.row(author, text)).to_be_visible(timeout=PATIENCE_MS)

    def menu(self, item: str) -> None:
        self.chat.get_by_role("button", name="More").click()
        self.chat.locator(".menu").get_by_role("button", name=item).click()

    def close_page(self) -> None:
        self.page.context.close()
