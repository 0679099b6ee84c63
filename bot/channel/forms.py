"""Several facts at once: a channel's window that asks for what a form of the bot would ask."""

from collections.abc import Mapping
from typing import Protocol

from bot.channel.messages import InboundMessage, Receipt


class RequestFormDesk(Protocol):
    """What a connector may ask for somebody who has filled in such a window."""

    async def submit(
        self, inbound: InboundMessage, intent: str, answers: Mapping[str, str]
    ) -> Receipt:
        """The request with all its facts: its words are the message, and the bot's form that
        `intent` begins has the answers (by slot) already. Raises what receiving a message does."""
