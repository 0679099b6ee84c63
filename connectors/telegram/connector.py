"""The channel's life: who we are, how updates come, and what ends with the process."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import APIRouter
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.channel import OutboundMessage, RetryLater, Sender, busy
from connectors.telegram.albums import SharedAlbums
from connectors.telegram.asking import Asking
from connectors.telegram.beforehand import Beforehand
from connectors.telegram.channel import Me, TelegramChannel
from connectors.telegram.chats import Chats
from connectors.telegram.client import Bots, make_bot
from connectors.telegram.commands import Commands, set_menu
from connectors.telegram.early import EarlyEdits
from connectors.telegram.fields import BadUpdate, Fields
from connectors.telegram.inbound import Inbound
from connectors.telegram.intake import ALBUM_QUIET_SECONDS, Intake
from connectors.telegram.media import FileTaker
from connectors.telegram.pace import CHAT_SECONDS
from connectors.telegram.parse import ALLOWED
from connectors.telegram.polling import LONG_POLL_SECONDS, Poller
from connectors.telegram.presses import Presses
from connectors.telegram.privately import Privately
from connectors.telegram.sender import TelegramSender
from connectors.telegram.speaker import Speaker
from connectors.telegram.telling import Telling
from connectors.telegram.watching import Watching
from connectors.telegram.webhook import webhook_router

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
NOT_READY_SECONDS = 3.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Connection:
    """How to reach Telegram, and how it reaches us. `webhook_url` empty: we ask for updates."""

    token: str
    api_url: str = ""
    webhook_url: str = ""
    webhook_secret: str = ""
    chat_seconds: float = CHAT_SECONDS
    long_poll_seconds: int = LONG_POLL_SECONDS
    album_seconds: float = ALBUM_QUIET_SECONDS


class TelegramConnector:
    """Put together once the desk is (`connect`); the outbox has the sender before that."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._bot: Bots = make_bot(
            connection.token, api_url=connection.api_url, chat_seconds=connection.chat_seconds
        )
        self._me: Me | None = None
        self._sender: Sender | None = None
        self._chats: Chats | None = None
        self._intake: Intake | None = None
        self._watching: Watching | None = None
        self._poller: Poller | None = None
        self._work: asyncio.Task[None] | None = None

    async def deliver(self, message: OutboundMessage) -> None:
        """As `bot.channel.Sender`; before the bot knows who it is, nothing can be sent."""
        if self._sender is None or self._me is None:
            raise RetryLater("not connected to Telegram yet", seconds=NOT_READY_SECONDS)
        await self._sender.deliver(message)

    def connect(self, channel: TelegramChannel) -> None:
        """To the desk. Opens nothing yet."""
        speaker = Speaker(self._bot, files=channel.files, memory=channel.memory)
        privately = Privately(channel.desk, channel.memory, speaker, self._who)
        watching = self._watching = Watching(channel, speaker, privately)
        chats = self._chats = Chats(channel)
        telling = Telling(channel, speaker)
        self._sender = TelegramSender(channel, speaker, chats=chats, privately=privately)
        asking = Asking(channel, speaker, chats)
        early = EarlyEdits(channel)
        beforehand = Beforehand(channel, speaker, watching, early)
        commands = Commands(
            channel,
            speaker,
            chats=chats,
            privately=privately,
            telling=telling,
            watching=watching,
            beforehand=beforehand,
            me=self._who,
        )
        inbound = Inbound(
            channel,
            speaker,
            chats=chats,
            commands=commands,
            presses=Presses(
                channel,
                speaker,
                chats=chats,
                watching=watching,
                telling=telling,
                asking=asking,
                beforehand=beforehand,
                early=early,
            ),
            files=FileTaker(channel, self._bot),
            watching=watching,
            asking=asking,
            beforehand=beforehand,
            early=early,
        )
        self._intake = Intake(
            self._who,
            handle=inbound.handle,
            is_desk_there=inbound.is_desk_there,
            apologise=inbound.apologise,
            quiet=self._connection.album_seconds,
            shared=self._shared_albums(channel),
        )
        self._poller = Poller(
            self._bot,
            take=self.take,
            lease=channel.lease,
            on_hold=watching.look,
            long_poll_seconds=self._connection.long_poll_seconds,
        )

    def _shared_albums(self, channel: TelegramChannel) -> SharedAlbums | None:
        """One process asks for updates; Telegram brings them to any."""
        if not self._connection.webhook_url:
            return None
        return SharedAlbums(
            channel.memory,
            channel.lease,
            hide=channel.hide,
            quiet=self._connection.album_seconds,
        )

    def router(self) -> APIRouter:
        """Where updates are brought to; nothing is there when we ask for them."""
        if not self._connection.webhook_url:
            return APIRouter()
        return webhook_router(self.take, secret=self._connection.webhook_secret)

    # `Any`: JSON.
    async def take(self, raw: Any) -> None:
        """One update; raises Busy before the bot knows who it is."""
        if self._intake is None or self._me is None:
            raise busy(NOT_READY_SECONDS)
        await self._intake.take(raw)

    async def start(self) -> None:
        """Begins; a Telegram that does not answer is waited for, and holds up nothing else."""
        self._work = asyncio.create_task(self._run(), name="telegram")

    async def take_no_more(self) -> None:
        """What has begun is dealt with by whoever is given it again: it is not confirmed."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        try:
            if self._poller is not None:
                await self._poller.stop()
            if self._watching is not None:
                await self._watching.let_go()
        except Exception:
            log.exception("telegram.lease_not_let_go")  # it runs out

    async def stop(self) -> None:
        """Closes the connections."""
        if self._watching is not None:
            await self._watching.stop()
        await self._bot.disconnect()

    def _who(self) -> Me:
        if self._me is None:
            raise busy(NOT_READY_SECONDS)
        return self._me

    async def _run(self) -> None:
        await self._begin_dates()
        await self._introduce()
        if self._connection.webhook_url or self._poller is None:
            if self._watching is not None:
                await self._watching.go_on_for_all()
            return
        await self._poller.run()

    async def _begin_dates(self) -> None:
        """Before the first message comes; without it, that one does it."""
        try:
            if self._chats is not None:
                await self._chats.dated_since()
        except Exception:
            log.exception("telegram.dates_not_begun")

    async def _introduce(self) -> None:
        """Who we are, the menu, and which way updates come; again until Telegram answers."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                me = Fields(await self._bot.raw_me(), "getMe")
                with suppress(TypeError):  # the library wants fields that we do not need
                    await self._bot.initialize()
                found = Me(me.number("id"), me.optional_text("username") or "")
                await self._choose_way()
                self._me = found
            except InvalidToken:
                log.exception("telegram.wrong_token")
                pause = LONGEST_PAUSE_SECONDS
            except (TelegramError, BadUpdate) as error:
                log.warning("telegram.not_reached", problem=f"{type(error).__name__}: {error}")
            else:
                log.info("telegram.connected", bot=found.username)
                await self._set_menu()
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _set_menu(self) -> None:
        """Without it everything works, and customers have to know the commands."""
        try:
            await set_menu(self._bot)
        except TelegramError as error:
            log.warning("telegram.menu_not_set", problem=f"{type(error).__name__}: {error}")

    async def _choose_way(self) -> None:
        if self._connection.webhook_url:
            await self._bot.set_webhook(
                self._connection.webhook_url,
                allowed_updates=ALLOWED,
                secret_token=self._connection.webhook_secret,
            )
            return
        try:
            # What waits is kept; without this, Telegram refuses to be asked.
            await self._bot.delete_webhook(drop_pending_updates=False)
        except (InvalidToken, BadRequest) as error:
            # The token is good: it told who we are. An emulator does not know the method, then, and
            # if there is a webhook all the same, getUpdates says so.
            log.warning("telegram.webhook_not_removed", problem=str(error))
