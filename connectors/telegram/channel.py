"""What everything of the Telegram channel shares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.channel import (
    AnswerDesk,
    ChannelDesk,
    ChannelMemory,
    EditDesk,
    FileDesk,
    ForgetDesk,
    FormDesk,
    FormField,
    Lease,
    RateLimit,
    SurveyDesk,
    TelegramSettings,
    TranscriptDesk,
    WaitingDesk,
)
from bot.texts import LANGUAGES, text

CHANNEL = "telegram"


@dataclass(frozen=True)
class Me:
    """Who the bot is, as Telegram knows it."""

    id: int
    username: str


@dataclass(frozen=True)
class DeskOnTelegram:
    """A desk as far as this channel shows it."""

    name: Mapping[str, str]
    settings: TelegramSettings
    form: tuple[FormField, ...] = ()  # what is asked before the chat
    consent: Mapping[str, str] | None = None
    form_version: str | None = None  # None: nothing is asked


@dataclass(frozen=True)
class TelegramChannel:
    """The desk behind it, and the limits at its doors."""

    desk: ChannelDesk
    waiting: WaitingDesk
    survey: SurveyDesk
    transcripts: TranscriptDesk
    answers: AnswerDesk
    edits: EditDesk
    files: FileDesk
    forget: ForgetDesk
    form: FormDesk
    memory: ChannelMemory
    lease: Lease
    limit: RateLimit
    desks: Mapping[str, DeskOnTelegram]
    hide: Callable[[str], str]  # what must not be kept goes from these words

    @property
    def first_desk(self) -> str:
        """Where somebody comes who named no desk."""
        chosen = (desk for desk, there in self.desks.items() if there.settings.is_default)
        return next(chosen, next(iter(self.desks)))

    def settings_of(self, desk: str) -> TelegramSettings:
        """Those of [DESK.telegram]."""
        return self.desks[desk].settings


def in_any_language(key: str) -> frozenset[str]:
    """What a button of ours may say, in whatever language it was shown."""
    return frozenset(text(key, language) for language in LANGUAGES)
