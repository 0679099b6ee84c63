"""What a customer sends that is no text: files become attachments, places and contacts words."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import structlog
from telegram.error import BadRequest, TelegramError

from bot.channel import FirstlineError, Upload
from bot.texts import text
from connectors.telegram.channel import CHANNEL, TelegramChannel
from connectors.telegram.client import Bots
from connectors.telegram.parse import Contact, FileRef, Location, Said

# What Telegram lets a bot fetch: https://core.telegram.org/bots/api#getfile
MOST_FETCHED = 20 * 1024 * 1024
MEGABYTE = 1024 * 1024
PIECE_BYTES = 1 << 16

log = structlog.get_logger()


@dataclass(frozen=True)
class TakenFiles:
    """`ids`: of the desk; `refusals`: what the customer is told about the others."""

    ids: tuple[str, ...]
    refusals: tuple[str, ...]


class FileTaker:
    """Fetches files from Telegram and gives them to the desk, which decides about them."""

    def __init__(self, channel: TelegramChannel, bot: Bots) -> None:
        self._channel = channel
        self._bot = bot

    async def take(
        self, parts: Sequence[Said], *, thread: str, takes: frozenset[str], language: str
    ) -> TakenFiles:
        """All files of a message, or of an album's messages. What Telegram fails with is raised;
        the last time that is said to whoever sent it, and the words come without it."""
        ids: list[str] = []
        refusals: list[str] = []
        for part in parts:
            for number, file in enumerate(part.files):
                key = f"{part.place.chat}:{part.message}:{number}"
                try:
                    refused = self._refusal(file, takes, language)
                    if refused:
                        refusals.append(refused)
                    else:
                        ids.append(await self._fetch(file, Upload(CHANNEL, thread, key, file.name)))
                except FirstlineError as fault:
                    if fault.code == "busy":
                        raise
                    refusals.append(fault.message(language))
                except TelegramError as fault:
                    if not part.is_last_try:
                        raise
                    log.warning("telegram.file_given_up", problem=type(fault).__name__)
                    refusals.append(text("telegram.file_later", language, name=file.name))
        return TakenFiles(tuple(ids), tuple(dict.fromkeys(refusals)))

    def _refusal(self, file: FileRef, takes: frozenset[str], language: str) -> str | None:
        """Before anything is fetched."""
        if file.kind not in takes:
            kind = text(f"telegram.kind.{file.kind}", language)
            return text("telegram.kind_refused", language, kind=kind)
        limits = self._channel.desk.file_limits
        most = min(limits.bytes, MOST_FETCHED) if limits else MOST_FETCHED
        if file.size is not None and file.size > most:
            return text("telegram.file_too_large", language, limit=most // MEGABYTE)
        return None

    async def _fetch(self, file: FileRef, upload: Upload) -> str:
        try:
            there = await self._bot.get_file(file.id)
        except BadRequest as refused:
            # Telegram does not always tell the size beforehand.
            log.info("telegram.file_not_given", problem=str(refused))
            raise CannotFetch(limit=MOST_FETCHED // MEGABYTE) from None
        content = bytes(await there.download_as_bytearray())
        return (await self._channel.desk.receive_file(upload, _in_pieces(content))).id


class CannotFetch(FirstlineError):
    """Telegram does not give the file out: as a rule it is too large."""

    code = "telegram_file"
    status = 422


async def _in_pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), PIECE_BYTES):
        yield content[start : start + PIECE_BYTES]


def place_in_words(found: Location, language: str) -> str:
    """A place on the map as an agent can open it."""
    where = f"{found.latitude:.6f},{found.longitude:.6f}"
    link = f"https://www.openstreetmap.org/?mlat={found.latitude:.6f}&mlon={found.longitude:.6f}"
    words = text("telegram.location", language, where=where)
    return "\n".join(filter(None, (found.title, words, link)))


def contact_in_words(found: Contact, language: str) -> str:
    """Somebody's number."""
    who = f"{found.name}, {found.phone}" if found.name else found.phone
    return text("telegram.contact", language, who=who)
