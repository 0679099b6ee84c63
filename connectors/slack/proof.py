"""Do events arrive? The check posts something, and looks who hears of it.

Slack tells an app of its own posts as well. A desk that runs notes that it heard of the check's
post (`note`), whichever way events come; where none runs, the check listens at a socket of its own.
It acknowledges nothing there but its own post: whatever else comes is for the desk.
"""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.channel import ChannelMemory
from bot.texts import text
from connectors.slack.calls import Calls
from connectors.slack.faults import SlackFault
from connectors.slack.teams import CHANNEL

CODE = re.compile(r"firstline-check-[0-9a-f]{16}")
KEPT_DAYS = 0.1
HELLO_SECONDS, EVENT_SECONDS, LOOK_SECONDS = 10.0, 15.0, 0.25
MOST_ANSWER = 4096  # bytes that are read of what an address answers

# `Any`: JSON, as Slack sends it.
Json = Mapping[str, Any]


async def note(memory: ChannelMemory, body: Json) -> None:
    """An event reached this desk: remembered, if it is of a check's post."""
    code = code_in(body)
    if code is not None:
        await memory.keep(CHANNEL, code, "heard", days=KEPT_DAYS)


def code_in(body: Json) -> str | None:
    """Which check's post an event tells of."""
    event = body.get("event")
    if not isinstance(event, Mapping) or not event.get("bot_id"):
        return None
    found = CODE.search(str(event.get("text") or ""))
    return found[0] if found else None


@dataclass
class Ear:
    """A socket of the check's own. `others`: how many are open beside it: a desk runs."""

    socket: aiohttp.ClientWebSocketResponse
    others: int

    async def hear(self, code: str) -> None:
        """Until the event of that post has come; acknowledges it and nothing else."""
        async for frame in self.socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            envelope = _object(frame.data)
            if code_in(envelope.get("payload") or {}) == code:
                await self.socket.send_json({"envelope_id": envelope.get("envelope_id")})
                return
        await asyncio.Event().wait()  # it was closed: nothing comes any more


@asynccontextmanager
async def listening(calls: Calls, app_token: str) -> AsyncIterator[Ear]:
    """A socket that Slack has said hello on; raises SlackFault, and NoHello."""
    said = await calls.call_with(app_token, "apps.connections.open")
    try:
        async with calls.session.ws_connect(str(said.get("url"))) as socket:
            async with asyncio.timeout(HELLO_SECONDS):
                hello = _object(await socket.receive_str())
            if hello.get("type") != "hello":
                raise NoHello(f"the socket began with {str(hello.get('type'))!r}")
            yield Ear(socket, max(int(hello.get("num_connections") or 1) - 1, 0))
    except (aiohttp.ClientError, TimeoutError, TypeError, ValueError) as error:
        raise NoHello(type(error).__name__) from error


class NoHello(Exception):
    """A socket was opened, and Slack did not say hello on it."""


class NotHeard(Exception):
    """The post stands there, and no event of it came."""


@dataclass(frozen=True)
class Post:
    """Where the check posts."""

    team: str
    channel: str
    language: str


async def post_and_wait(calls: Calls, memory: ChannelMemory, where: Post, ear: Ear | None) -> str:
    """Posts, waits for the event and takes the post away; `"desk"` or `"check"`: who heard it.

    Raises SlackFault when it cannot post, and NotHeard.
    """
    code = f"firstline-check-{secrets.token_hex(8)}"
    words = text("slack.check_post", where.language, code=code)
    said = await calls.call(
        where.team,
        "chat.postMessage",
        channel=where.channel,
        text=words,
        unfurl_links="false",
        unfurl_media="false",
    )
    hearing = {"desk": asyncio.create_task(_noted(memory, code))}
    if ear is not None:
        hearing["check"] = asyncio.create_task(ear.hear(code))
    try:
        await asyncio.wait(
            hearing.values(), timeout=EVENT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        for who, task in hearing.items():
            if task.done():
                task.result()
                return who
        raise NotHeard
    finally:
        for task in hearing.values():
            task.cancel()
        await asyncio.gather(*hearing.values(), return_exceptions=True)
        with suppress(SlackFault):
            await calls.call(
                where.team, "chat.delete", channel=where.channel, ts=str(said.get("ts"))
            )


async def _noted(memory: ChannelMemory, code: str) -> None:
    while True:
        if await memory.recall(CHANNEL, code) is not None:
            return
        await asyncio.sleep(LOOK_SECONDS)


async def challenge(calls: Calls, address: str, secret: str) -> str | None:
    """What is wrong with how the desk's address answers Slack's question; None: nothing."""
    token = secrets.token_hex(8)
    body = json.dumps({"type": "url_verification", "challenge": token})
    status, answered = await _send(calls, address, body, secret)
    if status == 0:
        return f"{address} does not answer: {answered}"
    if status != 200 or token not in answered:
        return f"{address} answers a signed challenge with HTTP {status}"
    status, _ = await _send(calls, address, body, secrets.token_hex(16))
    return None if status == 401 else f"{address} takes a wrong signature (HTTP {status})"


async def _send(calls: Calls, address: str, body: str, secret: str) -> tuple[int, str]:
    """The status and the beginning of the answer; 0 and why when there is none."""
    verifier = SignatureVerifier(secret)
    at = str(int(verifier.clock.now()))
    signature = verifier.generate_signature(timestamp=at, body=body) or ""
    headers = {"Content-Type": "application/json", "X-Slack-Request-Timestamp": at}
    headers["X-Slack-Signature"] = signature
    try:
        async with calls.session.post(
            address, data=body, headers=headers, allow_redirects=False
        ) as answer:
            return answer.status, (await answer.content.read(MOST_ANSWER)).decode(errors="replace")
    except (aiohttp.ClientError, TimeoutError) as error:
        return 0, type(error).__name__


def _object(raw: str) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
