"""The way out of the widget's channel.

The transcript itself is the customer's mailbox: a browser that is not connected fetches what it
missed by sequence number. So to deliver is to tell the open sockets, and it cannot fail.
"""

from collections.abc import Callable

from bot.channel import Hint, OutboundMessage, thread_topic


class WebSender:
    """Hands messages to the sockets that watch their thread."""

    def __init__(self, publish: Callable[[Hint], None]) -> None:
        self._publish = publish

    async def deliver(self, message: OutboundMessage) -> None:
        """Tells every open socket of the thread."""
        topic = thread_topic(message.channel, message.thread)
        self._publish(Hint(topic, "message", message))
