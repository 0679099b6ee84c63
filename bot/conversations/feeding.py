"""What other programs are told of a conversation (bot/feed/): that it happened, never its words."""

from typing import Any

from bot.conversations.models import Conversation, Message, Note
from bot.conversations.owning import Actor
from bot.db import Transaction
from bot.feed.kinds import MESSAGE_CREATED, NOTE_CREATED, OF_TIMELINE
from bot.feed.service import Feed


def tell_programs(
    feed: Feed,
    tx: Transaction,
    conversation: Conversation,
    event: str,
    *,
    actor: Actor,
    # `Any`: ids and reasons of the timeline's event.
    details: dict[str, Any],
) -> None:
    """An event of the timeline, if it is one for others."""
    if (kind := OF_TIMELINE.get(event)) is not None:
        _write(feed, tx, conversation, kind, actor, details)


def tell_of(
    feed: Feed, tx: Transaction, conversation: Conversation, said: Message | Note, *, by: Actor
) -> None:
    """A new message, by its number; or a note, by its id."""
    if isinstance(said, Message):
        _write(feed, tx, conversation, MESSAGE_CREATED, by, {"seq": said.seq})
    else:
        _write(feed, tx, conversation, NOTE_CREATED, by, {"note": said.id})


# `Any`: see `tell_programs`.
def _write(
    feed: Feed,
    tx: Transaction,
    conversation: Conversation,
    kind: str,
    actor: Actor,
    details: dict[str, Any],
) -> None:
    feed.write(
        tx,
        kind,
        conversation_id=conversation.id,
        desk=conversation.desk,
        status=conversation.status,
        epoch=conversation.epoch,
        actor=(actor.kind, actor.name),
        details=details,
    )
