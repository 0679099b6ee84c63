"""Questions of the channel's own: what replies to one is its answer, which no bot reads.

Telegram opens the text field for a reply to the question (ForceReply), so an answer is told from a
message to the desk by what it replies to, in whichever process it arrives.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from bot.channel import FirstlineError, LeftMessage
from bot.texts import text
from connectors.telegram.channel import CHANNEL, TelegramChannel
from connectors.telegram.chats import Chats, Visit
from connectors.telegram.parse import Said
from connectors.telegram.places import Place
from connectors.telegram.speaker import Speaker
from connectors.telegram.telling import inbound

KEPT_DAYS = 30.0
WRONG_ANSWER = 422  # another one may be right


class Kind(StrEnum):
    """What the answer is for."""

    COMMENT = "comment"
    FACT = "fact"
    CONTACT = "contact"


@dataclass(frozen=True)
class Question:
    """What was asked; `fact`: which one of the receipt."""

    kind: Kind
    conversation: str
    fact: str = ""


class Asking:
    """Asks, and takes the answers."""

    def __init__(self, channel: TelegramChannel, speaker: Speaker, chats: Chats) -> None:
        self._channel = channel
        self._speaker = speaker
        self._chats = chats

    async def ask(self, place: Place, words: str, question: Question) -> None:
        """Puts the question into a private chat."""
        sent = await self._speaker.say(place, words, expects_reply=True)
        if sent is not None:
            kept = json.dumps({**asdict(question), "date": sent.date})
            key = _key(place, sent.number)
            await self._channel.memory.keep(CHANNEL, key, kept, days=KEPT_DAYS)

    async def take(self, said: Said, visit: Visit) -> bool:
        """Whether the message answers such a question; then it is dealt with."""
        if said.replies_to is None or said.place.is_group or not said.text:
            return False
        kept = await self._channel.memory.recall(CHANNEL, _key(said.place, said.replies_to))
        if kept is None:
            return False
        raw = json.loads(kept)
        asked_at = raw.pop("date", 0)
        if asked_at and said.replies_date and asked_at != said.replies_date:
            return False  # another bot's question, or an emulator's, had the same number
        key = said.key
        if not await self._chats.is_done(key):
            await self._answered(said, visit, Question(**{**raw, "kind": Kind(raw["kind"])}))
            await self._chats.done(key)
        return True

    async def forget(self, chat: int) -> None:
        """Nothing was asked there."""
        for key in await self._channel.memory.starting(CHANNEL, _key(Place(chat), None)):
            await self._channel.memory.forget(CHANNEL, key)

    async def _answered(self, said: Said, visit: Visit, question: Question) -> None:
        try:
            if question.kind is Kind.COMMENT:
                await self._comment(said, visit, question)
                words = text("telegram.comment_thanks", visit.language)
            elif question.kind is Kind.CONTACT:
                await self._leave(said, visit)
                return  # the desk says what becomes of it
            else:
                await self._channel.waiting.correct(CHANNEL, visit.thread, question.fact, said.text)
                words = text("telegram.corrected", visit.language)
        except FirstlineError as fault:
            if fault.status != WRONG_ANSWER:
                raise
            await self.ask(said.place, fault.message(visit.language), question)
            return
        await self._speaker.say(said.place, words, quotes=said.message)

    async def _leave(self, said: Said, visit: Visit) -> None:
        """Part of the conversation: the agent reads it in their words."""
        key = said.key
        left = LeftMessage(said.text, said.who.name)
        await self._channel.waiting.leave_message(inbound(visit, said.who, key, said.text), left)

    async def _comment(self, said: Said, visit: Visit, question: Question) -> None:
        """A group's conversation that went on in this private chat stays the group's."""
        moved = visit.chat.conversation == question.conversation and visit.chat.thread
        thread = moved or visit.thread
        await self._channel.survey.comment(CHANNEL, thread, question.conversation, said.text)


def _key(place: Place, number: int | None) -> str:
    return f"asks:{place.chat}:{'' if number is None else number}"
