"""What the channel itself tells a customer about their conversation."""

from functools import partial

import structlog
from telegram.error import TelegramError

from bot.channel import (
    FirstlineError,
    HandoffReceipt,
    InboundMessage,
    OutboundMessage,
    PlaceInQueue,
    RetryLater,
    TranscriptWish,
)
from bot.texts import text
from connectors.telegram import compose, faults, keyboard
from connectors.telegram.channel import CHANNEL, TelegramChannel
from connectors.telegram.chats import Visit
from connectors.telegram.compose import MOST_BUTTON, Key, Piece, Rows
from connectors.telegram.parse import Person, Said
from connectors.telegram.patience import patiently
from connectors.telegram.places import Place
from connectors.telegram.speaker import Speaker

log = structlog.get_logger()


class NotWaiting(FirstlineError):
    """Its customer waits for no person (any more)."""

    code = "telegram_not_waiting"
    status = 409


class Telling:
    """Asks the desk, and puts it into words."""

    def __init__(self, channel: TelegramChannel, speaker: Speaker) -> None:
        self._channel = channel
        self._speaker = speaker

    async def status(self, visit: Visit) -> str:
        """Who has the conversation, the place in the queue, and when the desk is open."""
        language = visit.language
        status = await self._channel.desk.thread_status(CHANNEL, visit.thread)
        if status is None or status.status == "closed":
            lines = [text("telegram.status.none", language)]
        else:
            key = f"telegram.status.{status.status}"
            lines = [text(key, language, name=status.agent_name or "")]
            place = self._channel.waiting.place_of(status.conversation)
            if status.status == "queued" and place is not None:
                lines.append(place_in_words(place, language))
        notice = await self._channel.desk.notice(visit.desk)
        lines += [words for tag, words in notice.words if tag == language and words]
        lines.append(self._channel.desks[visit.desk].name[language])
        return "\n".join(lines)

    async def closed_notice(self, visit: Visit) -> str | None:
        """That nobody is there now, when that is so."""
        notice = await self._channel.desk.notice(visit.desk)
        if notice.standing.is_open:
            return None
        return next((words for tag, words in notice.words if tag == visit.language), None)

    async def receipt(self, visit: Visit, conversation: str) -> tuple[str, Rows]:
        """What was passed on, with a button for each fact that is open. Raises NotWaiting."""
        found = await self.passed_on(visit, conversation)
        language = visit.language
        lines = [text("telegram.receipt_title", language), found.reason]
        if found.asked:
            lines.append(text("telegram.receipt_asked", language, words=found.asked))
        for fact in found.facts:
            key = "telegram.receipt_corrected" if fact.is_corrected else "telegram.receipt_fact"
            lines.append(text(key, language, label=fact.label, value=fact.value))
        keys = tuple(
            (
                Key(
                    text("telegram.receipt_change", language, label=fact.label)[:MOST_BUTTON],
                    keyboard.receipt(conversation, number),
                ),
            )
            for number, fact in enumerate(found.facts)
            if fact.is_open
        )
        return "\n".join(lines), keys

    async def passed_on(self, visit: Visit, conversation: str) -> HandoffReceipt:
        """Of the conversation that waits; raises NotWaiting when it does not."""
        found = await self._channel.waiting.handoff_receipt(CHANNEL, visit.thread)
        if found is None or found.conversation != conversation:
            raise NotWaiting
        return found

    async def copy(self, place: Place, visit: Visit, conversation: str) -> None:
        """What was said in it, as a file; raises NotFound."""
        wish = TranscriptWish(conversation, visit.language, None)
        file = await self._channel.transcripts.download(CHANNEL, visit.thread, wish)
        name = f"{file.name.rpartition('.')[0]}.txt"
        await self._speaker.hand_over(
            place, name, file.text.encode(), text("telegram.copy", visit.language)
        )

    async def show(self, place: Place, message: OutboundMessage) -> None:
        """A message that waited to be shown here; raises TelegramError when it may be tried again.

        What Telegram will never take is logged, and in the place of a file that is no more stands
        that it is.
        """
        for piece in compose.compose(message):
            try:
                await self._put(place, piece, message.language)
            except TelegramError as error:
                if isinstance(faults.outcome(error), RetryLater):
                    raise
                log.warning("telegram.not_shown", problem=f"{type(error).__name__}: {error}")

    async def _put(self, place: Place, piece: Piece, language: str) -> None:
        put = partial(self._speaker.put, language=language)
        try:
            await patiently(partial(put, place, piece))
        except faults.FileMissing:
            await patiently(partial(put, place, compose.without_file(piece, language)))

    def inbound(
        self, said: Said, visit: Visit, words: str, *, external_id: str | None = None
    ) -> InboundMessage:
        """What somebody said by a command or a button."""
        key = external_id or said.key
        return inbound(visit, said.who, key, words)

    async def survey(self, place: Place, thread: str, conversation: str, language: str) -> None:
        """Whom the customer may rate, of a conversation that was over before they came here."""
        status = await self._channel.desk.thread_status(CHANNEL, thread)
        if status is None or (status.conversation, status.status) != (conversation, "closed"):
            return
        offer = await self._channel.survey.offer(CHANNEL, thread, conversation)
        if offer.parts:
            piece = compose.survey(conversation, offer.parts, language, {})
            await self._speaker.say(place, piece.plain, keys=piece.keys)


def inbound(visit: Visit, who: Person, key: str, words: str) -> InboundMessage:
    """A message as the desk takes it."""
    return InboundMessage(
        channel=CHANNEL,
        thread=visit.thread,
        customer=visit.customer,
        desk=visit.desk,
        external_id=key,
        language=visit.language,
        text=words,
        customer_name=who.name,
        context={"telegram": f"@{who.username}"} if who.username else {},
    )


def while_waiting(conversation: str, language: str) -> Rows:
    """What may be done instead of waiting, under whatever says that somebody waits."""
    return (
        (Key(text("telegram.receipt_button", language), keyboard.receipt(conversation)),),
        (Key(text("telegram.leave_button", language), keyboard.leave_contact(conversation)),),
        (Key(text("telegram.bot_button", language), keyboard.wants_bot(conversation)),),
    )


def place_in_words(place: PlaceInQueue, language: str) -> str:
    """Where somebody stands in the queue, and for how long."""
    words = text("telegram.place", language, place=place.place)
    if place.minutes is None:
        return words
    low, high = place.minutes
    span = str(high) if low >= high else f"{low}–{high}"
    return f"{words}\n{text('telegram.wait', language, minutes=span)}"
