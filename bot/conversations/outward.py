"""What of a conversation leaves the house: messages, receipts and where it stands."""

from bot.channel import (
    Author,
    AuthorKind,
    Button,
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
        author=Author(AuthorKind(message.author_kind), message.author_name),
        text=message.text,
        external_id=message.external_id,
        buttons=tuple(Button(**button) for button in message.buttons),
        image=message.image,
    )


def thread_status(conversation: Conversation) -> ThreadStatus:
    """Where the conversation stands, as its customer may know it."""
    return ThreadStatus(
        conversation=conversation.id,
        status=conversation.status.value,
        last_seq=conversation.last_seq,
        language=conversation.language,
        agent_name=conversation.agent_name,
    )


def receipt_of(message: Message, *, duplicate: bool) -> Receipt:
    """What the sender gets for it."""
    return Receipt(message.conversation_id, message.seq, message.created_at, duplicate)
