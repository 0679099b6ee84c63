"""What is in the fake Slack: people, channels, posts, calls, and what is to go wrong."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from connectors.slack.manifest import SCOPES
from tests.connectors.slack.fake_methods import BOT, BOT_USER, TEAM

if TYPE_CHECKING:
    from tests.connectors.slack.fake import FakeSlack

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-fake", "xapp-fake", "shh-signing"
PATIENCE_SECONDS = 60.0
# `Any`: JSON.
Json = dict[str, Any]


@dataclass
class Call:
    """One call of the Web API, with its arguments as Python values."""

    method: str
    arguments: Json
    token: str
    at: float


@dataclass
class Fault:
    """How the next calls of a method go wrong."""

    status: int = 200
    error: str = ""
    retry_after: float | None = None
    body: str | None = None  # in the place of JSON
    seconds: float = 0.0  # nothing is said for so long
    done_first: bool = False  # it is done all the same: only the answer is lost
    passes: bool = False  # this call goes well, and a later one does not
    held: asyncio.Event | None = None  # it goes well, once this is set
    times: int = 1


@dataclass
class World:
    """Time stamps are of now, and no two are the same."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    posts: list[Json] = field(default_factory=list)
    users: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    file_tokens: dict[str, str] = field(default_factory=dict)  # of files of other workspaces
    dripping: float = 0.0  # seconds between the pieces of a file
    moved: dict[str, str] = field(default_factory=dict)  # files that lie at another address
    uploads: dict[str, Json] = field(default_factory=dict)
    scopes: str = ",".join(sorted(SCOPES))  # those of every bot token
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    acks: list[Json] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)  # envelopes
    sent_at: dict[str, float] = field(default_factory=dict)
    sent_again: list[str] = field(default_factory=list)
    acked_at: dict[str, float] = field(default_factory=dict)  # for the first time
    to_all_sockets: bool = False
    again_after: float | None = None  # seconds until an envelope without answer comes again
    tokens: dict[str, Json] = field(default_factory=dict)
    _faults: dict[str, list[Fault]] = field(default_factory=dict)
    ts_count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    chaos: Callable[[str], Fault | None] | None = None  # asked before every answer
    methods: dict[str, Callable[[FakeSlack, Json], Json]] = field(default_factory=dict)
    # Whether the app hears of its own posts, as it does in Slack; over HTTP when there is a `desk`.
    echoes: bool = False
    desk: str = ""

    def __post_init__(self) -> None:
        self.tokens = {
            BOT_TOKEN: {"team_id": TEAM, "team": "Acme", "user_id": BOT_USER, "bot_id": BOT}
        }
        self.add_user(BOT_USER, "Firstline", is_bot=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def add_user(self, user: str, name: str, **fields: Any) -> str:
        profile = {"real_name": name, "display_name": name.split()[0]}
        profile["email"] = f"{name.split()[0].lower()}@acme.example"
        self.users[user] = {
            "id": user,
            "team_id": TEAM,
            "name": name.split()[0].lower(),
            "real_name": name,
            "tz": "Europe/Warsaw",
            "locale": "en-US",
            "profile": profile,
            "deleted": False,
            "is_bot": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
        } | fields
        return user

    def add_channel(self, channel: str, name: str, **fields: Any) -> str:
        self.channels[channel] = {
            "id": channel,
            "name": name,
            "is_member": True,
            "is_archived": False,
            "is_private": False,
            "members": [BOT_USER],
        } | fields
        return channel

    def find(self, channel: str, ts: str) -> Json | None:
        return next((p for p in self.posts if (p["channel"], p["ts"]) == (channel, ts)), None)

    def open_sockets(self) -> list[web.WebSocketResponse]:
        """Through which events reach the app."""
        return [socket for socket in self.sockets if not socket.closed]

    def next_ts(self) -> str:
        return f"{int(time.time())}.{next(self.ts_count):06d}"

    def fail(self, method: str, **fields: Any) -> None:
        """The next calls of the method go wrong like this (see Fault)."""
        self._faults.setdefault(method, []).append(Fault(**fields))

    def no_more_faults(self) -> None:
        """What was to go wrong goes well."""
        self._faults.clear()

    def next_fault(self, method: str) -> Fault | None:
        """How this call goes wrong."""
        if self.chaos is not None and (fault := self.chaos(method)) is not None:
            return fault
        waiting = self._faults.get(method) or self._faults.get("*")
        if not waiting:
            return None
        fault = waiting[0]
        fault.times -= 1
        if fault.times <= 0:
            waiting.pop(0)
        return None if fault.passes else fault

    async def fault_of(self, method: str) -> Fault | None:
        """The same, once it may have an answer."""
        fault = self.next_fault(method)
        if fault is None or fault.held is None:
            return fault
        await self.tell()
        await fault.held.wait()
        return None

    def called(self, method: str, **wanted: Any) -> list[Json]:
        """The arguments of every call of the method with these ones."""
        return [
            call.arguments
            for call in self.calls
            if call.method == method and wanted.items() <= call.arguments.items()
        ]

    def in_thread(self, ts: str) -> list[Json]:
        """What the app posted in this thread."""
        return [post for post in self.posts if post.get("thread_ts") == ts and post.get("bot_id")]

    async def wait_for(self, method: str, count: int = 1, **wanted: Any) -> list[Json]:
        """Until the method was called so often with these arguments, however it went."""
        await self.until(lambda: len(self.called(method, **wanted)) >= count, method)
        return self.called(method, **wanted)

    async def wait_for_posts(self, ts: str, count: int = 1) -> list[Json]:
        """Until the app has posted so much in the thread."""
        await self.until(lambda: len(self.in_thread(ts)) >= count, f"posts in {ts}")
        return self.in_thread(ts)

    async def until(
        self, true: Callable[[], bool], what: str = "", *, patience: float = PATIENCE_SECONDS
    ) -> None:
        """Looks again after each call, socket and answer."""
        try:
            async with asyncio.timeout(patience), self._changed:
                await self._changed.wait_for(true)
        except TimeoutError:
            seen = [call.method for call in self.calls][-30:]
            raise AssertionError(f"not in {patience} s: {what}; calls: {seen}") from None

    async def tell(self) -> None:
        """Something changed here: whoever waits looks again."""
        async with self._changed:
            self._changed.notify_all()
