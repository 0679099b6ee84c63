"""Telegram, when it is set up; otherwise nothing of it is even imported."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.attachments.service import Attachments
from bot.channel import AnswerDesk, ForgetDesk, RateLimit
from bot.conversations.answered import Answers
from bot.db import Database
from bot.desks import Desks
from bot.errors import BadSetting
from bot.forgetting.service import Forgetting
from bot.frontdesk import FrontDesk
from bot.handoff.waiting_room import WaitingRoom
from bot.intake.service import Intakes
from bot.memory.service import ChannelMemories
from bot.privacy.mask import mask
from bot.routing.edits import Edits
from bot.settings import Settings
from bot.shared.parts import Shared
from bot.survey.service import Surveys
from bot.timers.leases import Leases
from bot.transcript.service import Transcripts

if TYPE_CHECKING:
    from connectors.telegram.check import Finding
    from connectors.telegram.connector import Connection, TelegramConnector

NAME = "telegram"


class DeskParts(Protocol):
    """What the connector needs of a desk (`bot.assembly.Parts`)."""

    @property
    def settings(self) -> Settings: ...
    @property
    def db(self) -> Database: ...
    @property
    def shared(self) -> Shared: ...
    @property
    def desks(self) -> Desks: ...
    @property
    def frontdesk(self) -> FrontDesk: ...
    @property
    def edits(self) -> Edits: ...
    @property
    def memory(self) -> ChannelMemories: ...
    @property
    def attachments(self) -> Attachments: ...
    @property
    def surveys(self) -> Surveys: ...
    @property
    def transcripts(self) -> Transcripts: ...
    @property
    def waiting_room(self) -> WaitingRoom: ...
    @property
    def intakes(self) -> Intakes: ...
    @property
    def forgetting(self) -> Forgetting: ...


@dataclass(frozen=True)
class TelegramMessenger:
    """The way to Telegram, before the desk behind it exists: the outbox needs the sender first."""

    sender: TelegramConnector
    name: str = NAME

    def connect(self, parts: DeskParts) -> TelegramConnector:
        """The connector, with the desk behind it."""
        from connectors.telegram.channel import DeskOnTelegram, TelegramChannel

        settings = parts.settings
        limit: RateLimit = parts.shared.rate_limit(
            "messages", burst=settings.messages_burst, per_second=settings.messages_per_second
        )
        answers: AnswerDesk = Answers(parts.db)
        forget: ForgetDesk = parts.forgetting
        channel = TelegramChannel(
            desk=parts.frontdesk,
            waiting=parts.waiting_room,
            survey=parts.surveys,
            transcripts=parts.transcripts,
            answers=answers,
            edits=parts.edits,
            files=parts.attachments,
            forget=forget,
            memory=parts.memory,
            lease=Leases(parts.db),
            limit=limit,
            form=parts.intakes,
            hide=lambda words: mask(words).text,
            desks={
                desk.id: DeskOnTelegram(
                    desk.name,
                    desk.telegram,
                    form=desk.widget.form if desk.telegram.form else (),
                    consent=desk.widget.consent if desk.telegram.form else None,
                    form_version=desk.widget.form_version if desk.telegram.form else None,
                )
                for desk in parts.desks.all()
            },
        )
        self.sender.connect(channel)
        return self.sender


def is_set_up(settings: Settings) -> bool:
    """Whether this installation speaks Telegram."""
    return settings.telegram_token is not None


def telegram_of(settings: Settings) -> TelegramMessenger | None:
    """The way to Telegram; None when it is not set up."""
    if not is_set_up(settings):
        return None
    from connectors.telegram.connector import TelegramConnector

    return TelegramMessenger(TelegramConnector(connection_of(settings)))


async def examine(settings: Settings) -> list[Finding]:
    """What `firstline telegram check` says; raises BadSetting without a token."""
    connection = connection_of(settings)
    from connectors.telegram.check import check

    return await check(connection)


def connection_of(settings: Settings) -> Connection:
    """How to reach Telegram; raises BadSetting without a token."""
    from connectors.telegram.connector import Connection

    if settings.telegram_token is None:
        raise BadSetting(
            "FIRSTLINE_TELEGRAM_TOKEN is not set: @BotFather in Telegram gives you one with "
            "/newbot (docs/telegram.md)."
        )
    return Connection(
        token=settings.telegram_token.get_secret_value(),
        api_url=settings.telegram_api_url,
        webhook_url=settings.telegram_webhook_url,
        webhook_secret=_secret(settings) if settings.telegram_webhook_url else "",
    )


def _secret(settings: Settings) -> str:
    """As configured, or made of the installation's own: the same for every process."""
    if settings.telegram_webhook_secret is not None:
        return settings.telegram_webhook_secret.get_secret_value()
    key = settings.token_key().encode()
    return hmac.new(key, b"telegram webhook", hashlib.sha256).hexdigest()
