"""A list with many conversations: rows as the desk would have written them."""

from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import insert, select

from bot.assembly import Parts
from bot.conversations.models import Conversation, Message
from bot.db import Base
from tests.unmended import mends_nothing

# `Any`: a row's values by column, as SQLAlchemy takes them.
Values = dict[str, Any]


async def multiply(parts: Parts, conversation_id: str, count: int) -> list[str]:
    """So many more like this one, each a second older than the last; their ids in that order."""
    await mends_nothing(parts)
    async with parts.db.write() as tx:
        like = await tx.session.get_one(Conversation, conversation_id)
        first = select(Message).where(Message.conversation_id == like.id, Message.seq == 1)
        said = (await tx.session.scalars(first)).one()
        conversations, messages = [], []
        for number in range(1, count + 1):
            own = str(uuid5(NAMESPACE_URL, f"{like.id}/{number}"))
            ago = timedelta(seconds=number)
            conversations.append(
                _values(like)
                | {
                    "id": own,
                    "thread": f"{like.thread}/{number}",
                    "last_seq": 1,
                    "last_customer_at": (like.last_customer_at or like.created_at) - ago,
                    "created_at": like.created_at - ago,
                }
            )
            messages.append(
                _values(said)
                | {
                    "id": str(uuid5(NAMESPACE_URL, f"{own}/1")),
                    "conversation_id": own,
                    "external_id": own,
                    "text": f"Question number {number}",
                    "created_at": said.created_at - ago,
                }
            )
        await tx.session.execute(insert(Conversation), conversations)
        await tx.session.execute(insert(Message), messages)
    return [values["id"] for values in conversations]


def _values(row: Base) -> Values:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
