"""What is sent: the entry, and for a message its words as they stand now."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import repository as conversations
from bot.conversations.models import Message, Note
from bot.conversations.outward import attachments_of
from bot.feed.kinds import MESSAGE_CREATED, NOTE_CREATED
from bot.feed.models import FeedEntry
from bot.webhooks.models import WebhookDelivery


# `Any`: JSON, here and below.
def entry_as_json(entry: FeedEntry) -> dict[str, Any]:
    """An entry of the feed, as programs get it."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "at": entry.at.isoformat(),
        "desk": entry.desk,
        "conversation": {
            "id": entry.conversation_id,
            "status": entry.status,
            "epoch": entry.epoch,
        },
        "actor": {"kind": entry.actor_kind, "name": entry.actor_name},
        "details": entry.details,
    }


def message_as_json(message: Message) -> dict[str, Any]:
    """A message, as programs get it."""
    return {
        "seq": message.seq,
        "at": message.created_at.isoformat(),
        "author": {"kind": message.author_kind, "name": message.author_name},
        "text": message.text,
        "attachments": [
            {"name": file.name, "type": file.type, "size": file.size, "url": file.url}
            for file in attachments_of(message)
        ],
    }


def note_as_json(note: Note) -> dict[str, Any]:
    """An internal note, as programs get it."""
    return {
        "id": note.id,
        "at": note.created_at.isoformat(),
        "author": {"kind": "agent", "name": note.author_name},
        "text": note.text,
    }


async def load_payload(session: AsyncSession, delivery: WebhookDelivery) -> dict[str, Any]:
    """The body to send; a message or note that was deleted meanwhile is left out."""
    payload = dict(delivery.entry)
    details = payload.get("details") or {}
    conversation_id = (payload.get("conversation") or {}).get("id", "")
    if delivery.kind == MESSAGE_CREATED:
        message = await conversations.message_at(session, conversation_id, details["seq"])
        if message is not None:
            payload["message"] = message_as_json(message)
    elif delivery.kind == NOTE_CREATED:
        note = await session.get(Note, details["note"])
        if note is not None:
            payload["note"] = note_as_json(note)
    return payload
