"""More of what npm `emulate` covers: an edit, a deletion, direct messages, files both ways.

It has no Socket Mode and no presses: those are the fake's (fake.py).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.channel import Upload
from bot.conversations.models import Message
from bot.handoff.service import Reply
from tests.connectors.slack.emulator import SECRET, TOKEN, Emulated, Json, emulated_slack
from tests.connectors.slack.fake import FakeSlack
from tests.connectors.slack.office import Office
from tests.desk import answer
from tests.files import png
from tests.processes import free_port
from tests.server import open_server

pytestmark = pytest.mark.asyncio


class Emulation:
    """The desk beside it; of an office's questions those that need no Slack of ours."""

    def __init__(self, slack: Emulated, office: Office) -> None:
        self.slack, self.office = slack, office
        self.channel, self.bot = slack.channels["it-help"], slack.users["firstline"]

    async def asked(self, text: str = "My laptop hangs") -> str:
        """A request that was answered; its time stamp."""
        posted = await self.slack.call("ada", "chat.postMessage", channel=self.channel, text=text)
        await self.slack.replies(self.channel, posted["ts"], 1)
        return str(posted["ts"])

    async def until(self, true: Callable[[], Awaitable[object]]) -> None:
        for _ in range(600):
            if await true():
                return
            await asyncio.sleep(0.05)
        raise AssertionError("not in time")

    async def said(self) -> list[tuple[str, bool]]:
        """(words, withdrawn) of what Ada wrote."""
        async with self.office.parts.db.read() as session:
            of_her = Message.author_kind == "customer"
            found = await session.scalars(select(Message).where(of_her).order_by(Message.seq))
            return [(message.text, message.withdrawn_at is not None) for message in found]


@asynccontextmanager
async def open_emulation(tmp_path: Path, *, agents: bool = False) -> AsyncIterator[Emulation]:
    """The desk in it; `agents`: with a channel of theirs."""
    port = free_port()
    async with emulated_slack(tmp_path, events=f"http://127.0.0.1:{port}/slack/events") as slack:
        desks = tmp_path / "desks.toml"
        desks.write_text(
            '[it-help]\nname = { en = "IT help", pl = "Pomoc IT" }\n'
            f'[it-help.slack]\nchannels = ["{slack.channels["it-help"]}"]\n'
            "direct_messages = true\n"
            + (f'triage_channel = "{slack.channels["it-triage"]}"\n' if agents else ""),
            "utf-8",
        )
        settings = {
            "slack_bot_token": TOKEN,
            "slack_signing_secret": SECRET,
            # As it names itself in the addresses of its files.
            "slack_api_url": slack.api.replace("127.0.0.1", "localhost"),
        }
        async with open_server(tmp_path, desks_file=desks, port=port, **settings) as server:
            server.engine.at_once = answer("Restart it.", intent="greet")
            yield Emulation(slack, Office(FakeSlack(), server, tmp_path))


@pytest_asyncio.fixture
async def emulation(tmp_path: Path) -> AsyncIterator[Emulation]:
    async with open_emulation(tmp_path) as running:
        yield running


async def test_an_edit_is_read_and_a_deleted_post_is_withdrawn(emulation: Emulation) -> None:
    slack, ts = emulation.slack, await emulation.asked()
    place = {"channel": emulation.channel, "ts": ts}
    await slack.call("ada", "chat.update", **place, text="My desktop hangs")

    async def is_edited() -> bool:
        return await emulation.said() == [("My desktop hangs", False)]

    await emulation.until(is_edited)
    assert len(emulation.office.engine.requests) == 1, "it was answered before"
    again = await emulation.asked("Never mind")
    await slack.call("ada", "chat.delete", channel=emulation.channel, ts=again)

    async def is_withdrawn() -> bool:
        return [gone for _, gone in await emulation.said()] == [False, True]

    await emulation.until(is_withdrawn)


async def test_a_direct_message_is_answered_there(emulation: Emulation) -> None:
    opened = await emulation.slack.call("ada", "conversations.open", users=emulation.bot)
    direct = opened["channel"]["id"]
    for number, words in enumerate(("My laptop hangs", "Still")):
        await emulation.slack.call("ada", "chat.postMessage", channel=direct, text=words)

        async def is_answered(count: int = number + 1) -> bool:
            said = await emulation.slack.call("ada", "conversations.history", channel=direct)
            return [post["user"] for post in said["messages"]].count(emulation.bot) >= count

        await emulation.until(is_answered)
    assert len(await emulation.office.conversations()) == 1
    assert [request.text for request in emulation.office.engine.requests] == [
        "My laptop hangs",
        "Still",
    ]


async def upload(slack: Emulated, channel: str, name: str, content: bytes) -> Json:
    """As Slack's own clients do it."""
    fields = {"filename": name, "length": len(content)}
    begun = await slack.call("ada", "files.getUploadURLExternal", **fields)
    async with httpx.AsyncClient() as http:
        assert (await http.post(begun["upload_url"], content=content)).status_code == 200
    files = json.dumps([{"id": begun["file_id"], "title": name}])
    done = {"files": files, "channel_id": channel, "initial_comment": "Look"}
    return await slack.call("ada", "files.completeUploadExternal", **done)


async def test_an_employees_file_reaches_the_desk(emulation: Emulation) -> None:
    await upload(emulation.slack, emulation.channel, "screen.png", png())

    async def is_there() -> bool:
        return bool(await emulation.office.attachments())

    await emulation.until(is_there)
    (kept,) = await emulation.office.attachments()
    assert (kept["name"], kept["type"], kept["size"]) == ("screen.png", "image/png", len(png()))
    assert [words for words, _ in await emulation.said()] == ["Look"]


async def test_an_agents_file_reaches_the_thread(emulation: Emulation) -> None:
    ts, office = await emulation.asked(), emulation.office
    (conversation,) = await office.conversations()
    agent = await office.agent()
    await office.parts.handoffs.claim(agent, conversation.id, epoch=conversation.epoch)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"step one\n"

    kept = await office.parts.attachments.receive(
        Upload("inbox", agent.id, "key", "steps.txt"), pieces()
    )
    epoch = (await office.conversations())[0].epoch
    reply = Reply(text="Here are the steps", epoch=epoch, key="k", attachments=(kept.id,))
    await office.parts.handoffs.reply(agent, conversation.id, reply)

    async def files() -> list[Json]:
        posts = await emulation.slack.replies(emulation.channel, ts, 1)
        return [file for post in posts for file in post.get("files") or ()]

    await emulation.until(files)
    (file,) = await files()
    assert file["name"] == "steps.txt"
    headers = {"authorization": "Bearer xoxp-ada"}
    async with httpx.AsyncClient(headers=headers) as http:
        assert (await http.get(file["url_private"])).content == b"step one\n"
