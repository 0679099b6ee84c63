"""Puts pieces into a chat: the one place that calls Telegram's sending methods."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

import structlog
from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.channel import Attachment, ChannelMemory, FileDesk, FirstlineError, OpenFile
from bot.texts import text
from connectors.telegram import faults, rich
from connectors.telegram.channel import CHANNEL
from connectors.telegram.client import Bots
from connectors.telegram.compose import Piece, Rows
from connectors.telegram.patience import patiently
from connectors.telegram.places import Place

MOST_PHOTO_BYTES = 10 * 1024 * 1024  # a larger one goes as a document
MOST_FILE_BYTES = 50 * 1024 * 1024  # https://core.telegram.org/bots/api#sending-files
SHOWN_AS_PHOTO = ("image/jpeg", "image/png", "image/webp")
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply | None

log = structlog.get_logger()


@dataclass(frozen=True)
class Sent:
    """A message of ours, as Telegram knows it; `date`: 0 where it did not say when."""

    number: int
    date: int


class Speaker:
    """The bot's mouth."""

    def __init__(self, bot: Bots, *, files: FileDesk, memory: ChannelMemory) -> None:
        self._bot = bot
        self._files = files
        self._memory = memory

    async def put(
        self, place: Place, piece: Piece, *, language: str, quotes: int | None = None
    ) -> Sent:
        """Sends one piece. Raises TelegramError.

        A group that has moved is followed, a topic that is gone is left for the group itself, and
        a picture that Telegram cannot fetch goes as its address.
        """
        chat = await self.now_at(place.chat)
        here = replace(place, chat=chat)
        try:
            return await self._mended(here, piece, language, quotes)
        except ChatMigrated as moved:
            await self.moved(place.chat, moved.new_chat_id)
            there = replace(place, chat=moved.new_chat_id)
            return await self._mended(there, piece, language, None)

    async def _mended(self, place: Place, piece: Piece, language: str, quotes: int | None) -> Sent:
        for _ in range(3):
            try:
                return await self._send(place, piece, language, quotes)
            except BadRequest as refused:
                if faults.no_such_topic(refused) and place.topic is not None:
                    place = replace(place, topic=None)
                elif piece.photo and faults.cannot_fetch(refused):
                    words = "\n".join(filter(None, (piece.plain, piece.photo)))
                    piece = replace(piece, photo=None, plain=words, html="")
                elif faults.cannot_parse(refused) and piece.html:
                    log.warning("telegram.html_refused")
                    piece = replace(piece, html="")
                else:
                    raise
        raise AssertionError  # each mending can be done once

    async def _send(self, place: Place, piece: Piece, language: str, quotes: int | None) -> Sent:
        words, mode = (piece.html, ParseMode.HTML) if piece.html else (piece.plain, None)
        markup = _markup(piece, language)
        reply = None if quotes is None else _quotes(quotes)
        if piece.photo is None and piece.file is None:
            sent = await self._bot.send_message(
                chat_id=place.chat,
                message_thread_id=place.topic,
                text=words,
                parse_mode=mode,
                reply_markup=markup,
                reply_parameters=reply,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
            return _sent(sent)
        if piece.file is None:
            return await self._send_photo(
                place, piece.photo or "", None, words, mode, markup, reply
            )
        if piece.file.size > MOST_FILE_BYTES:
            raise faults.FileTooBig(piece.file.size)
        opened = await self._open(piece.file)
        content = b"".join([part async for part in opened.pieces])
        name = piece.file.name
        if piece.file.type in SHOWN_AS_PHOTO and len(content) <= MOST_PHOTO_BYTES:
            try:
                return await self._send_photo(place, content, name, words, mode, markup, reply)
            except BadRequest as refused:  # such as one that is far wider than high
                log.info("telegram.photo_as_document", problem=str(refused))
        sent = await self._bot.send_document(
            chat_id=place.chat,
            message_thread_id=place.topic,
            document=content,
            filename=name,
            caption=words or None,
            parse_mode=mode,
            reply_markup=markup,
            reply_parameters=reply,
        )
        return _sent(sent)

    async def _open(self, file: Attachment) -> OpenFile:
        try:
            return await self._files.open(file.url.rpartition("/")[2])
        except FirstlineError as fault:
            if fault.code != "no_such_file":
                raise
            raise faults.FileMissing from fault

    async def _send_photo(
        self,
        place: Place,
        photo: str | bytes,
        name: str | None,
        words: str,
        mode: ParseMode | None,
        markup: Markup,
        reply: ReplyParameters | None,
    ) -> Sent:
        sent = await self._bot.send_photo(
            chat_id=place.chat,
            message_thread_id=place.topic,
            photo=photo,
            filename=name,
            caption=words or None,
            parse_mode=mode,
            reply_markup=markup,
            reply_parameters=reply,
        )
        return _sent(sent)

    async def say(
        self,
        place: Place,
        words: str,
        *,
        keys: Rows = (),
        quotes: int | None = None,
        language: str = "en",
        removes_keyboard: bool = False,
        expects_reply: bool = False,
    ) -> Sent | None:
        """Words of the channel's own, which nobody keeps: tried a few times, and that they did not
        arrive (None) is logged. Long ones come in pieces; the last one has the buttons, and is the
        message that is given."""
        pieces = rich.split(rich.plain(words), rich.MOST_TEXT)
        cut = [rich.as_text(part) for part in pieces] or [words]
        last = Piece(
            plain=cut[-1],
            keys=keys,
            removes_keyboard=removes_keyboard,
            expects_reply=expects_reply,
        )
        sent = None
        for piece in (*(Piece(plain=part) for part in cut[:-1]), last):
            put = partial(self.put, place, piece, language=language, quotes=quotes)
            sent = await self._insist(put)
            if sent is None:
                return None
            quotes = None
        return sent

    async def hand_over(self, place: Place, name: str, content: bytes, words: str) -> None:
        """A file that nobody keeps, such as a copy of the conversation."""
        await self._insist(
            lambda: self._bot.send_document(
                chat_id=place.chat, document=content, filename=name, caption=words
            )
        )

    async def typing(self, place: Place) -> None:
        """Shows that somebody writes, for five seconds."""
        chat = await self.now_at(place.chat)
        await self._try_to(lambda: self._bot.send_chat_action(chat, ChatAction.TYPING, place.topic))

    async def answer(self, press: str, words: str | None = None, *, alert: bool = False) -> None:
        """Ends the waiting sign on a button."""
        await self._insist(lambda: self._bot.answer_callback_query(press, words, show_alert=alert))

    async def change(
        self, place: Place, message: int, *, words: str | None = None, keys: Rows = ()
    ) -> None:
        """Other words (None: the same) and other buttons under one of our messages."""
        markup = _inline(keys) if keys else None
        if words is None:
            await self._insist(
                lambda: self._bot.edit_message_reply_markup(
                    place.chat, message, reply_markup=markup
                )
            )
        else:
            await self._insist(
                lambda: self._bot.edit_message_text(words, place.chat, message, reply_markup=markup)
            )

    async def _insist(self, call: Callable[[], Awaitable[object]]) -> Sent | None:
        """As `_try_to`, a few times."""
        return await self._try_to(lambda: patiently(call))

    async def _try_to(self, call: Callable[[], Awaitable[object]]) -> Sent | None:
        """What may fail without harm: the message, if it is one that was sent."""
        try:
            done = await call()
        except BadRequest as refused:
            if not faults.is_no_change(refused):
                log.info("telegram.not_shown", problem=str(refused))
            return None
        except TelegramError as error:
            log.info("telegram.not_shown", problem=f"{type(error).__name__}: {error}")
            return None
        return done if isinstance(done, Sent) else None

    async def now_at(self, chat: int) -> int:
        """Where a group is now: one that became a supergroup has another id."""
        if chat > 0:
            return chat
        found = await self._memory.recall(CHANNEL, f"moved:{chat}")
        return int(found) if found else chat

    async def known_as(self, chat: int) -> int:
        """Under which id a group began to talk to us."""
        if chat > 0:
            return chat
        found = await self._memory.recall(CHANNEL, f"was:{chat}")
        return int(found) if found else chat

    async def moved(self, before: int, after: int) -> None:
        """A group became a supergroup: its conversations go on there."""
        first = await self.known_as(before)
        await self._memory.keep(CHANNEL, f"was:{after}", str(first))
        await self._memory.keep(CHANNEL, f"moved:{first}", str(after))
        log.info("telegram.chat_moved", before=before, after=after)


def _sent(message: Message) -> Sent:
    return Sent(int(message.message_id), int(message.date.timestamp()))


def _quotes(message: int) -> ReplyParameters:
    return ReplyParameters(message, allow_sending_without_reply=True)


def _markup(piece: Piece, language: str) -> Markup:
    if piece.keys:
        return _inline(piece.keys)
    if piece.expects_reply:
        return ForceReply()
    if piece.offers_phone or piece.offers_bot:
        rows = [[KeyboardButton(text("handoff.wants_bot", language))]] if piece.offers_bot else []
        if piece.offers_phone:
            phone = KeyboardButton(text("telegram.share_phone", language), request_contact=True)
            rows.insert(0, [phone])
        return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)
    return ReplyKeyboardRemove() if piece.removes_keyboard else None


def _inline(rows: Rows) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(key.title, callback_data=key.data, url=key.url) for key in row]
            for row in rows
        ]
    )
