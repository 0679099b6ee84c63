"""An agent presses in Slack while another one does in the inbox, at two processes: one wins.

Both are connected to Slack, which sends what is pressed to either; the inbox is that of the second
one, a process of its own. They share a database and a real Redis.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select, update

from bot.accounts.models import Agent
from bot.conversations.models import Conversation, Event
from tests.connectors.slack.agents import AGENTS, asks_for_human, elements, press, shows, until
from tests.connectors.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack, Json, fake_slack
from tests.connectors.slack.office import OLA, Office, open_office
from tests.connectors.slack.test_day import card_of, conversation_of
from tests.inbox import AgentBrowser
from tests.redis_server import OwnRedis
from tests.system.test_two_processes import second_process

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(300)]
ROUNDS = ("slack first", "inbox first", "at once", "at once")


@dataclass
class Both:
    """The inbox is at `url`."""

    office: Office
    url: str

    @property
    def slack(self) -> FakeSlack:
        return self.office.slack

    @asynccontextmanager
    async def inbox_of(self, name: str) -> AsyncIterator[AgentBrowser]:
        """Their browser at the other process."""
        parts, email = self.office.parts, f"{name.lower()}@acme.example"
        password = await parts.accounts.add_agent(email, name, ["it-help"])
        async with parts.db.write() as tx:
            await tx.session.execute(update(Agent).values(must_change_password=False))
        token = await parts.accounts.sign_in(email, password)
        who = await parts.accounts.who(token)
        assert who is not None
        headers = {"Origin": self.url}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30) as http:
            http.cookies.set("firstline_session", token)
            yield AgentBrowser(http, who.agent, who.csrf)

    async def asked(self, number: int) -> tuple[str, Json]:
        """A request in the queue, and its card."""
        ts = await asks_for_human(self.office, text=f"Request {number}")

        async def waits() -> bool:
            found = await self.office.conversations()
            return any(c.thread.endswith(ts) and c.status == "queued" for c in found)

        await until(self.office, waits)
        return ts, await card_of(self.office, ts)

    async def both_do(
        self, turn: str, post: Json, name: str, browser: AgentBrowser, found: Conversation
    ) -> httpx.Response:
        """What they see is the same, whoever is quicker; what the inbox answers."""

        async def here() -> None:
            await press(self.office, OLA, as_shown, name)

        async def there() -> httpx.Response:
            return await browser.act(found.id, name, epoch=found.epoch)

        async def is_done() -> bool:
            return bool(await self.events(found, name))

        as_shown = post | {"blocks": list(post["blocks"])}
        if turn == "slack first":
            await here()
            await until(self.office, is_done)
            return await there()
        if turn == "inbox first":
            answered = await there()
            await here()
            return answered
        _, answered = await asyncio.gather(here(), there())
        await until(self.office, is_done)
        return answered

    async def is_over(self, post: Json) -> None:
        """Until the card says so."""
        await self.slack.until(lambda: elements(post) == {}, "no more buttons")

    def whispers(self) -> list[str]:
        return [said["text"] for said in self.slack.called("chat.postEphemeral", user=OLA)]

    async def events(self, found: Conversation, kind: str) -> list[str | None]:
        """Who did it."""
        async with self.office.parts.db.read() as session:
            rows = await session.scalars(
                select(Event).where(Event.conversation_id == found.id, Event.kind == kind)
            )
            return [row.actor_name for row in rows]


@pytest_asyncio.fixture
async def both(tmp_path: Path, own_redis: OwnRedis) -> AsyncIterator[Both]:
    async with (
        fake_slack() as slack,
        open_office(slack, tmp_path, desks=AGENTS, **own_redis.settings) as office,
    ):
        more = {
            "FIRSTLINE_DESKS_FILE": str(tmp_path / "desks.toml"),
            "FIRSTLINE_SLACK_BOT_TOKEN": BOT_TOKEN,
            "FIRSTLINE_SLACK_APP_TOKEN": APP_TOKEN,
            "FIRSTLINE_SLACK_API_URL": slack.url,
            "FIRSTLINE_UNDO_SEND_SECONDS": "0",
        }
        with second_process(office.server, tmp_path, own_redis, more) as url:
            await slack.until(lambda: len(slack.open_sockets()) == 2, "two sockets", patience=60)
            yield Both(office, url)


async def test_of_two_who_take_it_one_has_it_and_the_other_is_told(both: Both) -> None:
    async with both.inbox_of("Ola"), both.inbox_of("Anna") as anna:
        winners = set()
        for number, turn in enumerate(ROUNDS):
            ts, post = await both.asked(number)
            found = await conversation_of(both.office, ts)
            told = len(both.whispers())
            answered = await both.both_do(turn, post, "claim", anna, found)
            await shows(both.office, post, "reply")
            winner = (await conversation_of(both.office, ts)).agent_name
            assert winner in ("Ola", "Anna")
            winners.add(winner)
            assert f"{winner} has it" in json.dumps(post["blocks"])
            assert await both.events(found, "claim") == [winner]
            if winner == "Anna":
                assert answered.status_code == 200
                await both.slack.wait_for("chat.postEphemeral", told + 1, user=OLA)
                assert "Anna has it" in both.whispers()[-1]
            else:
                assert answered.status_code == 409, answered.text
                assert "changed hands" in answered.text
                assert len(both.whispers()) == told
        assert winners == {"Ola", "Anna"}


async def test_what_one_agent_closes_here_and_there_is_closed_once(both: Both) -> None:
    async with both.inbox_of("Ola") as ola:
        for number, turn in enumerate(ROUNDS):
            ts, post = await both.asked(number)
            await press(both.office, OLA, post, "claim")
            await shows(both.office, post, "reply")
            found = await conversation_of(both.office, ts)
            told = len(both.whispers())
            answered = await both.both_do(turn, post, "close", ola, found)
            await both.is_over(post)
            assert await both.events(found, "close") == ["Ola"]
            if answered.status_code == 200:
                await both.slack.wait_for("chat.postEphemeral", told + 1, user=OLA)
                assert "closed meanwhile" in both.whispers()[-1]
            else:
                assert answered.status_code == 409, answered.text
                assert len(both.whispers()) == told

            async def is_out() -> bool:
                return not await both.office.waiting_deliveries()

            await until(both.office, is_out)
            closing = [
                p for p in both.slack.in_thread(ts) if "conversation is closed" in json.dumps(p)
            ]
            assert len(closing) == 1
