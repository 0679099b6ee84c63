"""What a message of the desk answers: part of the contract with connectors."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Answered:
    """`to`: the key of the customer's message, if it answers one; `is_general`: it says the same to
    everybody, and nothing of this customer's; `asks_for_phone`: the bot waits for a number.

    Of the last words of a turn that stayed with the bot: `asks_for` is the fact that its form waits
    for, and `may_want_person` whether there was more to it than small talk."""

    to: str | None = None
    is_general: bool = False
    asks_for_phone: bool = False
    asks_for: str | None = None
    may_want_person: bool = False


class AnswerDesk(Protocol):
    """What a connector may ask about the desk's own messages."""

    async def answered_by(self, channel: str, thread: str, conversation: str, seq: int) -> Answered:
        """What message `seq` of the thread's conversation answers; all empty when there is none."""
