"""What of a conversation leaves the house: messages, receipts and where it stands."""

from dataclasses import asdict
from typing import Any

from bot.channel import (
    Attachment,
    Author,
    AuthorKind,
    Button,
    Card,
    Link,
    OutboundMessage,
    Receipt,
    ThreadStatus,
)
from bot.conversations.models import Conversation, Message


def outbound(conversation: Conversation, message: Message) -> OutboundMessage:
    """The message as its channel may carry it."""
    return OutboundMessage(
        channel=conversation.channel,
        thread=conversation.thread,
        conversation=conversation.id,
        seq=message.seq,
        at=message.created_at,
        author=Author(AuthorKind(message.author_kind), message.author_name, message.author_picture),
        text=message.text,
        external_id=message.external_id,
        buttons=tuple(Button(**button) for button in message.buttons),
        image=message.image,
        attachments=attachments_of(message),
        cards=cards_of(message),
        language=conversation.language,
    )


def attachments_of(message: Message) -> tuple[Attachment, ...]:
    """The files that the message carries."""
    return tuple(Attachment(**stored) for stored in message.attachments or ())


def cards_of(message: Message) -> tuple[Card, ...]:
    """The cards that the message carries."""
    return tuple(_card(stored) for stored in message.cards or ())


def buttons_of(message: Message) -> list[dict[str, str]]:
    """Everything in it that may be pressed, those of its cards too."""
    return [*message.buttons, *(b for card in message.cards or () for b in card["buttons"])]


def gist(message: Message) -> str:
    """Its words; or, where it has none, what it carries."""
    carried = [file.name for file in attachments_of(message)]
    carried += [card.title for card in cards_of(message)]
    return message.text or ", ".join(carried)


# `Any`: JSON, for the message's own columns; None rather than an empty list.
def stored(items: tuple[Attachment, ...] | tuple[Card, ...]) -> list[dict[str, Any]] | None:
    """As the message's row keeps them."""
    return [asdict(item) for item in items] or None


def _card(stored: dict[str, Any]) -> Card:
    link = stored["link"]
    return Card(
        title=stored["title"],
        text=stored["text"],
        image=stored["image"],
        link=None if link is None else Link(**link),
        buttons=tuple(Button(**button) for button in stored["buttons"]),
    )


def thread_status(conversation: Conversation) -> ThreadStatus:
    """Where the conversation stands, as its customer may know it."""
    return ThreadStatus(
        conversation=conversation.id,
        status=conversation.status.value,
        last_seq=conversation.last_seq,
        language=conversation.language,
        agent_name=conversation.agent_name,
        agent_picture=conversation.agent_picture,
        read_seq=conversation.read_seq,
    )


def receipt_of(message: Message, *, duplicate: bool) -> Receipt:
    """What the sender gets for it."""
    return Receipt(message.conversation_id, message.seq, message.created_at, duplicate)
