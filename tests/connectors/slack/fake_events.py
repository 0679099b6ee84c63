"""What happens in the fake Slack, and how the app hears of it."""

import asyncio
import contextlib
import json
import time
from typing import Any
from urllib.parse import urlencode

import httpx
from slack_sdk.signature import SignatureVerifier

from tests.connectors.slack.fake_methods import BOT_USER, TEAM
from tests.connectors.slack.fake_world import PATIENCE_SECONDS, SECRET, Json, World


class Events(World):
    """Through an open socket (or all of them), or as signed requests."""

    async def post(self, user: str, channel: str, text: str, **fields: Any) -> str:
        """Somebody writes; the time stamp of the post."""
        event = self.message(user, channel, text, **fields)
        self.posts.append(event)
        await self.event(event)
        return str(event["ts"])

    def message(self, user: str, channel: str, text: str, **fields: Any) -> Json:
        """A message event, not sent yet."""
        kind = "im" if channel.startswith("D") else "channel"
        return {
            "type": "message",
            "user": user,
            "text": text,
            "ts": self.next_ts(),
            "team": TEAM,
            "channel": channel,
            "channel_type": kind,
            "client_msg_id": f"c{next(self.ids)}",
        } | fields

    async def event(self, event: Json, *, event_id: str | None = None, times: int = 1) -> str:
        """An Events API envelope, delivered so many times."""
        key = event_id or f"Ev{next(self.ids):08d}"
        body = {
            "token": "legacy",
            "team_id": TEAM,
            "api_app_id": "A0APP",
            "event": event,
            "type": "event_callback",
            "event_id": key,
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        }
        for _ in range(times):
            await self.envelope("events_api", body)
        return key

    async def echo(self, post: Json) -> None:
        """The app hears of what it has posted itself."""
        kind = "im" if post["channel"].startswith("D") else "channel"
        event = post | {"app_id": "A0APP", "team": TEAM, "channel_type": kind}
        if not self.desk:
            await self.event(event)
            return
        body = {"type": "event_callback", "team_id": TEAM, "event": event, "event_id": post["ts"]}
        await self.send_http(self.desk, body)

    async def press(
        self, user: str, post: Json, action: Json, *, value: str | None = None, times: int = 1
    ) -> Json:
        """Somebody presses a button of a post."""
        body = {
            "type": "block_actions",
            "user": {"id": user, "team_id": TEAM, "username": user.lower()},
            "team": {"id": TEAM, "domain": "acme"},
            "api_app_id": "A0APP",
            "trigger_id": f"trigger{next(self.ids)}",
            "container": {
                "type": "message",
                "message_ts": post["ts"],
                "channel_id": post["channel"],
                "thread_ts": post.get("thread_ts"),
                "is_ephemeral": False,
            },
            "channel": {"id": post["channel"], "name": "it-help"},
            "message": post,
            "response_url": f"http://127.0.0.1:{self.port}/respond/{next(self.ids)}",
            "actions": [
                {
                    "type": "button",
                    "action_id": action["action_id"],
                    "block_id": action.get("block_id", "b"),
                    "text": action.get("text", {"type": "plain_text", "text": "?"}),
                    "value": action.get("value", "") if value is None else value,
                    "action_ts": self.next_ts(),
                }
                | {k: v for k, v in action.items() if k.startswith("selected_")}
            ],
        }
        for _ in range(times):
            await self.envelope("interactive", body)
        return body

    async def interactive(self, kind: str, user: str, **fields: Any) -> Json:
        """`view_submission`, `view_closed`, `shortcut`, `message_action`, …"""
        body = {
            "type": kind,
            "user": {"id": user, "team_id": TEAM},
            "team": {"id": TEAM, "domain": "acme"},
            "api_app_id": "A0APP",
            "trigger_id": f"trigger{next(self.ids)}",
        } | fields
        await self.envelope("interactive", body)
        return body

    async def command(self, user: str, command: str, text: str, channel: str) -> None:
        """A slash command."""
        body = {
            "command": command,
            "text": text,
            "user_id": user,
            "user_name": user.lower(),
            "team_id": TEAM,
            "channel_id": channel,
            "trigger_id": f"trigger{next(self.ids)}",
            "response_url": f"http://127.0.0.1:{self.port}/respond/{next(self.ids)}",
            "api_app_id": "A0APP",
        }
        await self.envelope("slash_commands", body)

    async def envelope(self, kind: str, payload: Json, **fields: Any) -> str:
        """Through an open socket (or all of them), and again when nobody acknowledges it."""
        await self.until(lambda: bool(self.open_sockets()), "an open socket")
        key = f"env{next(self.ids)}"
        self.sent.append(key)
        self.sent_at[key] = time.monotonic()
        body = {"envelope_id": key, "type": kind, "payload": payload, "retry_attempt": 0} | fields
        body["accepts_response_payload"] = kind != "events_api"
        sockets = (
            self.open_sockets()
            if self.to_all_sockets
            else [self.open_sockets()[next(self.ids) % len(self.open_sockets())]]
        )
        for socket in sockets:
            with contextlib.suppress(ConnectionError):
                await socket.send_json(body)
        if self.again_after is not None:
            asyncio.get_running_loop().create_task(self._send_again(key, body))
        return key

    async def _send_again(self, key: str, body: Json) -> None:
        for attempt in range(1, 12):
            await asyncio.sleep((self.again_after or 1.0) * attempt)
            if any(ack.get("envelope_id") == key for ack in self.acks):
                return
            self.sent_again.append(key)
            for socket in self.open_sockets()[:1]:
                with contextlib.suppress(ConnectionError):
                    await socket.send_json(body | {"retry_attempt": attempt})
            await self.tell()

    def acked(self, key: str) -> bool:
        """Whether the envelope was acknowledged."""
        return any(ack.get("envelope_id") == key for ack in self.acks)

    def is_all_acknowledged(self) -> bool:
        """Whether nothing that happened here is still on its way."""
        return set(self.sent) <= {str(ack.get("envelope_id")) for ack in self.acks}

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Asks every socket to open another one, as Slack does about once an hour."""
        for socket in self.open_sockets():
            await socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}}
            )

    async def cut(self) -> None:
        """Every socket breaks, without a word."""
        for socket in self.open_sockets():
            await socket.close(code=1006)

    async def send_http(
        self,
        app_url: str,
        body: Json,
        *,
        secret: str = SECRET,
        age: float = 0,
        headers: Json | None = None,
    ) -> httpx.Response:
        """The body as a signed request, as Slack does it: an event as JSON, a slash command as a
        form of its fields, everything else as JSON in a form."""
        is_event = body.get("type") in ("event_callback", "url_verification")
        form = body if "command" in body else {"payload": json.dumps(body)}
        raw = json.dumps(body) if is_event else urlencode(form)
        at = str(int(time.time() - age))
        sign = SignatureVerifier(secret).generate_signature(timestamp=at, body=raw)
        kind = "application/json" if is_event else "application/x-www-form-urlencoded"
        signed = {"x-slack-request-timestamp": at, "x-slack-signature": sign or ""}
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as http:
            return await http.post(
                f"{app_url}/slack/events",
                content=raw,
                headers={"content-type": kind, **signed, **(headers or {})},
            )
