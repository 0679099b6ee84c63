"""After a conversation: the survey, and the customer's copy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class SurveyOffer:
    """Whom a customer may rate (`bot`, `human`) now that a conversation is over, and until when."""

    conversation: str
    parts: tuple[str, ...]
    until: datetime | None


@dataclass(frozen=True)
class Rating:
    """What the customer says: 1 to 5 for each part, and a comment."""

    conversation: str
    scores: Mapping[str, int]
    comment: str = ""


@dataclass(frozen=True)
class RatingReceipt:
    """A committed rating; `duplicate` when there was one already, which stays as it is."""

    conversation: str
    duplicate: bool


@dataclass(frozen=True)
class TranscriptWish:
    """Which conversation a customer wants to keep, in which language and on which clock."""

    conversation: str
    language: str
    zone: str | None  # as the browser names it; what is no zone is the desk's


@dataclass(frozen=True)
class TranscriptFile:
    """A page to keep; `text`: the same for whoever shows no pages."""

    name: str
    html: str
    text: str


class SurveyDesk(Protocol):
    """What a connector may ask about satisfaction."""

    async def offer(self, channel: str, thread: str, conversation: str) -> SurveyOffer:
        """Whom the customer may rate in this conversation; NotFound when it is not theirs."""

    async def rate(self, channel: str, thread: str, rating: Rating) -> RatingReceipt:
        """Keeps it, once; raises NotFound, BadRating or SurveyOver."""

    async def comment(self, channel: str, thread: str, conversation: str, words: str) -> None:
        """Adds a comment to a rating that has none. Raises NotFound, BadRating, or SurveyOver when
        nothing was rated, there is a comment, or it is too late."""


class TranscriptDesk(Protocol):
    """What a connector may ask about transcripts."""

    by_mail: bool  # whether this desk can send any

    async def download(self, channel: str, thread: str, wish: TranscriptWish) -> TranscriptFile:
        """The conversation as a page; NotFound when it is not this thread's."""

    async def mail(
        self, channel: str, thread: str, wish: TranscriptWish, *, to: str, key: str
    ) -> None:
        """Will be sent; `key` makes a second wish the same. Raises NotFound, BadAddress, …"""
