"""The way out of the Telegram channel."""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

from telegram.error import TelegramError

from bot.channel import AuthorKind, OutboundMessage, Problem, ThreadStatus, Undeliverable
from connectors.telegram import compose, faults
from connectors.telegram.channel import CHANNEL, TelegramChannel
from connectors.telegram.chats import Chats
from connectors.telegram.compose import Piece
from connectors.telegram.pace import at_leisure
from connectors.telegram.places import Place, Thread, message_in
from connectors.telegram.privately import Privately, asks_for_opinion
from connectors.telegram.speaker import Speaker

HALF_SENT = 1000  # messages of several pieces whose next try goes on where it was


@dataclass(frozen=True)
class Target:
    """Where a message goes, which message it quotes there, and whether it asks for a number."""

    place: Place
    quotes: int | None
    asks_for_phone: bool = False


class TelegramSender:
    """Hands messages to Telegram; raises RetryLater or Undeliverable."""

    def __init__(
        self, channel: TelegramChannel, speaker: Speaker, *, chats: Chats, privately: Privately
    ) -> None:
        self._channel = channel
        self._chats = chats
        self._speaker = speaker
        self._privately = privately
        self._sent: OrderedDict[tuple[str, int], int] = OrderedDict()

    async def deliver(self, message: OutboundMessage) -> None:
        """All pieces, in order; a try that failed in the middle goes on there."""
        try:
            thread = Thread.read(message.thread)
        except ValueError:
            raise Undeliverable("the customer was forgotten", Problem.GONE) from None
        target = await self._target(thread, message)
        if target is None:
            return  # it waits in the private chat, and the group was told so
        pieces = await self._pieces(message, target)
        with at_leisure() if asks_for_opinion(message) else nullcontext():
            await self._send(message, pieces, target)

    async def _target(self, thread: Thread, message: OutboundMessage) -> Target | None:
        answered = await self._channel.answers.answered_by(
            CHANNEL, message.thread, message.conversation, message.seq
        )
        place = Place(thread.chat, thread.topic, is_group=thread.is_group)
        if thread.is_group:
            private = await self._privately.place_of(thread, message, answered)
            if private is None:
                return None
            place = private
        quotes = None
        if answered.to is not None:
            quotes = message_in(answered.to, await self._speaker.now_at(place.chat))
        return Target(place, quotes, answered.asks_for_phone)

    async def _pieces(self, message: OutboundMessage, target: Target) -> Sequence[Piece]:
        pieces = compose.compose(message)
        if not pieces or target.place.is_group:
            return pieces
        last = pieces[-1]
        if message.author.kind is not AuthorKind.SYSTEM:
            is_bot = message.author.kind is AuthorKind.BOT
            if (
                is_bot
                and target.asks_for_phone
                and not last.keys
                and await self._takes_numbers(target)
            ):
                pieces[-1] = replace(last, offers_phone=True, offers_bot=True)
            return pieces
        # Asked for what the desk itself says alone, which is rare: it costs a trip to the database.
        status = await self._channel.desk.thread_status(CHANNEL, message.thread)
        if status is None:
            return pieces
        if status.status == "queued" and not last.keys:
            phone = await self._takes_numbers(target)
            pieces[-1] = replace(last, offers_phone=phone, offers_bot=True)
        elif not last.keys:
            pieces[-1] = replace(last, removes_keyboard=True)
        if status.conversation == message.conversation and status.status == "closed":
            pieces += await self._survey(message, status)
        return pieces

    async def _takes_numbers(self, target: Target) -> bool:
        """Whether a number that is shared there is taken."""
        desk = await self._chats.desk_of(target.place.chat)
        return "contact" in self._channel.settings_of(desk).takes

    async def _survey(self, message: OutboundMessage, status: ThreadStatus) -> list[Piece]:
        """After the last words of a conversation: whom its customer may rate."""
        if message.seq != status.last_seq:
            return []
        where = (CHANNEL, message.thread, message.conversation)
        offer = await self._channel.survey.offer(*where)
        if not offer.parts:
            return []
        return [compose.survey(message.conversation, offer.parts, status.language, {})]

    async def _send(
        self, message: OutboundMessage, pieces: Sequence[Piece], target: Target
    ) -> None:
        key = (message.conversation, message.seq)
        done = self._sent.pop(key, 0)
        for number, piece in enumerate(pieces[done:], start=done):
            try:
                await self._speaker.put(
                    target.place,
                    piece,
                    language=message.language,
                    quotes=target.quotes if number == 0 else None,
                )
            except BaseException as error:  # what has arrived does not come again for any reason
                self._keep(key, number)
                if isinstance(error, TelegramError):
                    raise faults.outcome(error) from error
                raise

    def _keep(self, key: tuple[str, int], number: int) -> None:
        self._sent[key] = number
        if len(self._sent) > HALF_SENT:
            self._sent.popitem(last=False)
