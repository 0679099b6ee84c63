"""What a message of the desk answers (`bot.channel.AnswerDesk`): told by the turns."""

from typing import Any

from bot.channel import Answered, AuthorKind
from bot.conversations import queries
from bot.db import Database

# Whoever greets or thanks wants nobody.
SMALL_TALK = frozenset(
    {"greet", "goodbye", "thank", "small_talk", "bot_challenge", "change_language", "wait"}
)
LEAST_VALUE = 3  # characters of a collected value that would give somebody away
ANSWERED = "answered"
NOTHING = Answered()


class Answers:
    """Asked by channels that quote, and by those where others read along."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def answered_by(self, channel: str, thread: str, conversation: str, seq: int) -> Answered:
        """What message `seq` answers; when in doubt it is not general."""
        async with self._db.read() as session:
            row = await queries.what_it_answers(session, channel, thread, conversation, seq)
        if row is None:
            return NOTHING
        if row.author_kind == AuthorKind.BOT and row.beside is not None:
            return Answered(to=row.beside)  # a press, or a file
        if row.author_kind == AuthorKind.BOT and row.asked is not None:
            waits_for = (row.slots or {}).get("requested_slot")
            is_last = not row.is_followed and row.status == ANSWERED
            return Answered(
                to=row.asked,
                is_general=_is_general(row),
                asks_for_phone="phone" in str(waits_for or ""),
                asks_for=str(waits_for) if is_last and waits_for else None,
                may_want_person=is_last and (bool(waits_for) or row.intent not in SMALL_TALK),
            )
        return Answered(to=row.just_before)


def _is_general(row: queries.AnsweringRow) -> bool:
    """A plain answer, outside any form, in which nothing stands that this customer gave."""
    slots = row.slots or {}
    if row.answered is None or slots.get("requested_slot") is not None:
        return False
    if row.attachments or row.cards:
        return False
    given = [entity.get("value") for entity in row.entities or ()]
    return not any(_stands_in(value, row.text) for value in [*given, *slots.values()])


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
