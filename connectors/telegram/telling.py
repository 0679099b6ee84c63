"""What the channel itself tells a customer about their conversation."""

from bot.channel import InboundMessage, OutboundMessage, PlaceInQueue
from bot.texts import text
from connectors.telegram import compose
from connectors.telegram.channel import CHANNEL, TelegramChannel
from connectors.telegram.chats import Visit
from connectors.telegram.parse import Person, Said
from connectors.telegram.places import Place, message_key
from connectors.telegram.speaker import Speaker


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

    async def show(self, place: Place, message: OutboundMessage) -> None:
        """A message that waited to be shown here."""
        for piece in compose.compose(message):
            await self._speaker.try_to(
                lambda piece=piece: self._speaker.put(place, piece, language="en")  # type: ignore[misc]
            )

    def inbound(
        self, said: Said, visit: Visit, words: str, *, external_id: str | None = None
    ) -> InboundMessage:
        """What somebody said by a command or a button."""
        key = external_id or message_key(said.place.chat, said.message)
        return inbound(visit, said.who, key, words)


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


def place_in_words(place: PlaceInQueue, language: str) -> str:
    """Where somebody stands in the queue, and for how long."""
    words = text("telegram.place", language, place=place.place)
    if place.minutes is None:
        return words
    low, high = place.minutes
    span = str(high) if low >= high else f"{low}–{high}"
    return f"{words}\n{text('telegram.wait', language, minutes=span)}"
