"""What a connector may ask of the desk, and what the desk asks of a connector."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from bot.availability.standing import Notice
from bot.channel.messages import (
    Attachment,
    EarlierPage,
    FileLimits,
    InboundMessage,
    OutboundMessage,
    Receipt,
    Standing,
    ThreadStatus,
    Upload,
)
from bot.channel.waiting import HandoffReceipt, LeftMessage, PlaceInQueue
from bot.live import Subscription


class Sender(Protocol):
    """The way out of a channel."""

    async def deliver(self, message: OutboundMessage) -> None:
        """Hands the message over; raises RetryLater or Undeliverable."""


class RateLimit(Protocol):
    """How fast somebody may write."""

    async def take(self, *whose: str) -> float:
        """0 when it may pass (and is counted for each of `whose`), else seconds to wait."""


class ChannelDesk(Protocol):
    """What a connector may ask of the desk."""

    def check_desk(self, desk: str) -> None:
        """Raises UnknownDesk for a desk that this installation does not have."""

    async def receive_customer_message(self, inbound: InboundMessage) -> Receipt:
        """The one door in: commits the message and queues its turn."""

    async def ask_for_human(self, inbound: InboundMessage) -> Receipt:
        """The customer pressed «talk to a person»: no engine is asked."""

    async def notice(self, desk: str) -> Notice:
        """How the desk can be reached now: its opening hours, and whether anybody is on."""

    @property
    def file_limits(self) -> FileLimits | None:
        """What may be sent as a file; None when this desk takes none."""

    async def receive_file(self, upload: Upload, pieces: AsyncIterator[bytes]) -> Attachment:
        """Takes a file in that a message of its thread may carry within a day."""

    async def thread_status(self, channel: str, thread: str) -> ThreadStatus | None:
        """The newest conversation of the thread."""

    async def messages_after(
        self, channel: str, thread: str, conversation: str, seq: int
    ) -> list[OutboundMessage]:
        """The gap: messages after `seq`, oldest first; NotFound when it is not this thread's."""

    async def customer_saw(self, channel: str, thread: str, conversation: str, seq: int) -> None:
        """The customer has seen everything up to `seq`."""

    async def choose_language(self, channel: str, thread: str, language: str) -> None:
        """The customer prefers this language from now on."""

    async def end_conversation(self, channel: str, thread: str, conversation: str) -> None:
        """The customer needs no more: closes it, if it is the one that is open."""

    async def customer_types(self, channel: str, thread: str, *, on: bool) -> None:
        """A live hint for the agent who has the conversation."""

    def watch(self, *topics: str) -> AbstractContextManager[Subscription]:
        """Live hints of a thread (see `thread_topic`), of a desk (`desk_topic`)."""


class WaitingDesk(Protocol):
    """What a connector may ask for customers who wait for a person."""

    def place_of(self, conversation: str) -> PlaceInQueue | None:
        """Their place; None until it is known."""

    async def with_people(self, channel: str) -> Mapping[str, str]:
        """Conversations of this channel that wait for a person or have one, by their thread: the
        2,000 that were begun last."""

    async def handoff_receipt(
        self, channel: str, thread: str, *, language: str | None = None
    ) -> HandoffReceipt | None:
        """What was passed on; None unless the thread's conversation waits in a queue.

        `language`: that of the page around it, else the conversation's own.
        """

    async def back_to_bot(self, inbound: InboundMessage) -> Receipt:
        """The customer would rather talk to the bot again; raises NotPossibleNow."""

    async def leave_message(self, inbound: InboundMessage, left: LeftMessage) -> Receipt:
        """The customer leaves a message and where to be reached; raises BadContact."""

    async def correct(self, channel: str, thread: str, name: str, value: str) -> None:
        """The customer puts a fact right; raises NotPossibleNow, NoSuchFact or BadCorrection."""


class HistoryDesk(Protocol):
    """What a connector may ask about what was said before."""

    async def before(
        self, channel: str, thread: str, conversation: str, seq: int, *, limit: int
    ) -> EarlierPage:
        """The last messages before `seq`; before the first one, those of the conversation before.

        NotFound for a conversation of any other thread.
        """

    async def standings(
        self, channel: str, threads: Mapping[str, str | None]
    ) -> Mapping[str, Standing]:
        """Where each thread ends: its open conversation, or else the one that is named."""

    async def has_before(self, channel: str, thread: str, conversation: str) -> bool:
        """Whether the thread had a conversation before this one."""
