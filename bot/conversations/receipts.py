"""How far whoever has a conversation has read what its customer wrote."""

from collections.abc import Callable

from bot.channel import Hint, Pointer, thread_topic
from bot.conversations.models import Conversation
from bot.db import Transaction


def was_read(
    tx: Transaction, conversation: Conversation, seq: int, *, publish: Callable[[Hint], None]
) -> None:
    """An agent has opened it, or the bot has answered it, up to `seq`; the customer is told.

    The caller holds the conversation.
    """
    seq = min(seq, conversation.last_seq)
    if seq <= conversation.read_seq:
        return
    conversation.read_seq = seq
    topic = thread_topic(conversation.channel, conversation.thread)
    hint = Hint(topic, "read", Pointer(conversation.id, seq))
    tx.after_commit(lambda: publish(hint))
