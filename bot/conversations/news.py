"""Who hears of what happens in a conversation: its customer, the inbox, its agent's own list.

Hints only, sent after the commit: whoever watches fetches what it has not seen (docs/redis.md).
"""

from collections.abc import Callable

from bot.channel import AuthorKind, Hint, thread_topic
from bot.conversations.models import Conversation, Message
from bot.conversations.outward import outbound, thread_status
from bot.conversations.state import Status
from bot.db import Transaction

Publish = Callable[[Hint], None]

INBOX_TOPIC = "inbox"
# A message between a customer and the bot: of a busy desk's news by far the most, and nothing to
# the lists of those who wait for a person.
BOT_MESSAGE = "bot_message"
# One between a customer and an agent: it changes that agent's own list (`agents_topic`) alone.
AGENTS_MESSAGE = "agents_message"


def agents_topic(agent_id: str) -> str:
    """The live topic of what one agent's list alone shows."""
    return f"{INBOX_TOPIC}:{agent_id}"


def status_changed(tx: Transaction, conversation: Conversation, *, publish: Publish) -> None:
    """Where the conversation stands now, for its customer and for agents."""
    topic = thread_topic(conversation.channel, conversation.thread)
    _send(tx, Hint(topic, "status", thread_status(conversation)), publish)
    _send(tx, Hint(INBOX_TOPIC, "status", conversation.id), publish)


def note_written(tx: Transaction, conversation: Conversation, *, publish: Publish) -> None:
    """For agents alone: a note is no message."""
    _send(tx, Hint(INBOX_TOPIC, "note", conversation.id), publish)


def message_written(
    tx: Transaction, conversation: Conversation, message: Message, *, publish: Publish
) -> None:
    """Its customer hears of their own words here, of others' when they are delivered."""
    if message.author_kind == AuthorKind.CUSTOMER:
        topic = thread_topic(conversation.channel, conversation.thread)
        _send(tx, Hint(topic, "message", outbound(conversation, message)), publish)
    _send(tx, Hint(INBOX_TOPIC, _kind_of_message(conversation), conversation.id), publish)
    if conversation.agent_id is not None:
        _send(tx, Hint(agents_topic(conversation.agent_id), "message", ""), publish)


def _kind_of_message(conversation: Conversation) -> str:
    if conversation.status is Status.BOT:
        return BOT_MESSAGE
    return "message" if conversation.agent_id is None else AGENTS_MESSAGE


def _send(tx: Transaction, hint: Hint, publish: Publish) -> None:
    tx.after_commit(lambda: publish(hint))
