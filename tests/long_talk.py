"""Conversations that have gone on for long: rows as the desk would have written them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import insert, select, update

from bot.channel import AuthorKind
from bot.conversations.models import Conversation, Message, Turn
from bot.db import Database

WORDS = "Two working days within the country, five to the rest of Europe."


def id_of(conversation: str, seq: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"{conversation}/{seq}"))


async def lengthen(
    db: Database, conversation_id: str, *, to: int, at: datetime | None = None
) -> None:
    """Goes on until message number `to`: odd ones from the customer, whom the bot answered.

    `at`: when the next ones were said; at once after the last, unless it is given.
    """
    async with db.write() as tx:
        conversation = await tx.session.get_one(Conversation, conversation_id)
        newest = select(Message).where(Message.conversation_id == conversation_id)
        last = (await tx.session.scalars(newest.order_by(Message.seq.desc()).limit(1))).one()
        messages, turns = [], []
        for seq in range(last.seq + 1, to + 1):
            said_at = (at or last.created_at) + timedelta(microseconds=seq)
            message = _message(conversation, seq) | {"created_at": said_at}
            messages.append(message)
            if message["author_kind"] == AuthorKind.CUSTOMER:
                turn = _turn(conversation, seq)
                turns.append(turn | {"created_at": said_at, "finished_at": said_at})
        for table, rows in ((Message, messages), (Turn, turns)):
            if rows:
                await tx.session.execute(insert(table), rows)
        await tx.session.execute(
            update(Conversation).where(Conversation.id == conversation_id).values(last_seq=to)
        )


def _message(conversation: Conversation, seq: int) -> dict[str, Any]:
    asks = seq % 2 == 1
    return {
        "id": id_of(conversation.id, seq),
        "conversation_id": conversation.id,
        "seq": seq,
        "channel": conversation.channel,
        "external_id": f"{conversation.thread}:long:{seq}" if asks else None,
        "author_kind": AuthorKind.CUSTOMER if asks else AuthorKind.BOT,
        "text": f"How long does order {10_000 + seq} take?" if asks else f"{WORDS} ({seq})",
        "buttons": [],
    }


def _turn(conversation: Conversation, seq: int) -> dict[str, Any]:
    return {
        "conversation_id": conversation.id,
        "message_id": id_of(conversation.id, seq),
        "message_seq": seq,
        "status": "answered",
        "epoch": conversation.epoch,
        "attempts": 1,
        "intent": "care_delivery_time",
        "confidence": 0.93,
        "ranking": [{"name": "care_delivery_time", "confidence": 0.93}],
        "entities": [{"entity": "order_number", "value": "10482"}],
        "slots": {"language": "en"},
        "model_id": "test",
        "took_ms": 9.0,
    }
