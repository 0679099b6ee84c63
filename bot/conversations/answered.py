"""What a message of the desk answers (`bot.channel.AnswerDesk`): told by the turns."""

from typing import Any

from bot.channel import Answered, AuthorKind
from bot.conversations import queries, repository
from bot.conversations.models import Message, Turn
from bot.db import Database

LEAST_VALUE = 3  # characters of a collected value that would give somebody away
NOTHING = Answered()


class Answers:
    """Asked by channels that quote, and by those where others read along."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def answered_by(self, channel: str, thread: str, conversation: str, seq: int) -> Answered:
        """What message `seq` answers; when in doubt it is not general."""
        async with self._db.read() as session:
            there = await repository.conversation_in_thread(session, channel, thread, conversation)
            message = there and await repository.message_at(session, conversation, seq)
            if not message:
                return NOTHING
            turn = await queries.turn_finished_before(session, message)
            after = turn.message_seq if turn else 0
            said = await queries.customers_last(session, conversation, before=seq)
            unasked = await queries.customers_last_without_turn(
                session, conversation, after=after, before=seq
            )
            asked = turn and await repository.message_at(session, conversation, turn.message_seq)
        if message.author_kind == AuthorKind.BOT and unasked is not None:
            return Answered(to=unasked.external_id)  # a press, or a file
        if message.author_kind == AuthorKind.BOT and turn is not None and asked:
            return Answered(
                to=asked.external_id,
                is_general=_is_general(turn, message),
                asks_for_phone="phone" in str((turn.slots or {}).get("requested_slot") or ""),
            )
        directly = said is not None and said.seq == seq - 1
        return Answered(to=said.external_id if said is not None and directly else None)


def _is_general(turn: Turn, message: Message) -> bool:
    """A plain answer, outside any form, in which nothing stands that this customer gave."""
    slots = turn.slots or {}
    if turn.answered is None or slots.get("requested_slot") is not None:
        return False
    if message.attachments or message.cards:
        return False
    given = [entity.get("value") for entity in turn.entities or ()]
    return not any(_stands_in(value, message.text) for value in [*given, *slots.values()])


# `Any`: a slot's value, as the engine gave it.
def _stands_in(value: Any, words: str) -> bool:
    if isinstance(value, dict):
        return any(_stands_in(one, words) for one in value.values())
    if isinstance(value, list):
        return any(_stands_in(one, words) for one in value)
    if isinstance(value, bool) or value is None:
        return False
    known = str(value).strip().lower()
    return len(known) >= LEAST_VALUE and known in words.lower()
