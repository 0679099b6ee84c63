"""Slack's channel as the service sees it: its way out, its routes, its start and its end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.errors import BadSetting
from connectors.slack.app import Feature, build_app
from connectors.slack.channel import SlackChannel
from connectors.slack.install import install_router
from connectors.slack.rooms import refuse_doubles

PING_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
MOST_BODY = 1 << 20  # bytes of one event

log = structlog.get_logger()

# What a feature keeps going by itself, until cancelled.
Work = Callable[[SlackChannel], Awaitable[None]]


@dataclass(frozen=True)
class SlackKeys:
    """What the app's pages at Slack give to whoever set it up."""

    bot_token: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    client_id: str = ""
    client_secret: str | None = field(default=None, repr=False)
    state_key: str = field(default="", repr=False)  # signs what goes to Slack and back at OAuth


class SlackConnector:
    """One for the process."""

    def __init__(
        self,
        keys: SlackKeys,
        slack: SlackChannel,
        features: tuple[Feature, ...],
        *,
        works: tuple[Work, ...] = (),
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self._keys = keys
        self.slack = slack
        self._ping_seconds = ping_seconds
        self._features = features
        self._works = works
        self._working: list[asyncio.Task[None]] = []
        self._app: AsyncApp | None = None
        self._handler: AsyncSlackRequestHandler | None = None
        self._socket: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        slack.line.app_token, slack.line.is_up = keys.app_token, self.is_connected

    @property
    def app(self) -> AsyncApp:
        """The bolt app; made where an event loop runs."""
        if self._app is None:
            self._app = build_app(
                self.slack, self._features, signing_secret=self._keys.signing_secret or ""
            )
        return self._app

    def router(self) -> APIRouter:
        """Where Slack sends events without Socket Mode, and where workspaces install the app."""
        router, keys = APIRouter(), self._keys
        if keys.client_id and keys.client_secret:
            installing = install_router(
                self.slack.calls,
                client_id=keys.client_id,
                client_secret=keys.client_secret,
                state_key=keys.state_key,
            )
            router.include_router(installing)
        if keys.signing_secret is None:
            return router

        receiving, verifier = APIRouter(), SignatureVerifier(keys.signing_secret)

        @receiving.post("/slack/events", include_in_schema=False)
        async def events(request: Request) -> Response:
            if not _is_signed(verifier, await request.body(), request.headers):
                return Response(status_code=401)
            if self._handler is None:
                self._handler = AsyncSlackRequestHandler(self.app)
            return await self._handler.handle(request)

        router.include_router(receiving, max_body_size=MOST_BODY)
        return router

    async def check(self) -> None:
        """Before anything starts; raises BadSetting."""
        try:
            await refuse_doubles(self.slack.rules, self.slack.calls.teams)
        except BadSetting:
            await self.stop()
            raise

    async def start(self) -> None:
        """Opens the socket, in the background and for as long as it takes; begins regular work."""
        self._working = [
            asyncio.create_task(_guarded(work, self.slack), name=work.__module__)
            for work in self._works
        ]
        if self._keys.app_token is not None:
            self._connecting = asyncio.create_task(self._connect(), name="slack socket")

    async def _connect(self) -> None:
        pause = FIRST_PAUSE
        logger = logging.getLogger("firstline.slack.socket")
        logger.setLevel(logging.CRITICAL)  # it repeats what it cannot parse
        self._socket = AsyncSocketModeHandler(
            self.app,
            self._keys.app_token,
            logger=logger,
            web_client=self.slack.calls.client(self._keys.app_token),
            ping_interval=self._ping_seconds,
        )
        while True:
            try:
                await self._socket.connect_async()  # type: ignore[no-untyped-call]
            except Exception as error:  # noqa: BLE001 - whatever it is, only time mends it
                log.warning("slack.no_socket", problem=type(error).__name__, again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                log.info("slack.connected")
                return

    async def is_connected(self) -> bool:
        """Whether the socket is open now."""
        return self._socket is not None and await self._socket.client.is_connected()

    async def take_no_more(self) -> None:
        """Closes the socket and lets what is under way finish; messages can still leave."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call]
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)
        await self.slack.later.stop()

    async def stop(self) -> None:
        """Closes its connections: nothing leaves any more."""
        await self.slack.calls.close()


def _is_signed(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> bool:
    """Bolt asks too, but reads the body before it does, and stumbles over anybody's scribble."""
    try:
        return verifier.is_valid_request(body, dict(headers))
    except (ValueError, TypeError):  # no number, no UTF-8, no ASCII
        return False


async def _guarded(work: Work, slack: SlackChannel) -> None:
    """Begun again when it fails: nothing else notices that it is over."""
    while True:
        try:
            await work(slack)
        except Exception:
            log.exception("slack.work_failed", what=work.__module__)
            await asyncio.sleep(FIRST_PAUSE)
        else:
            return
