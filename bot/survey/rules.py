"""Who is asked what, and for how long. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.channel import AuthorKind

LOWEST, HIGHEST = 1, 5
MAX_COMMENT = 1000  # characters


class Part(StrEnum):
    """Who is rated."""

    BOT = "bot"
    HUMAN = "human"


RATED_BY_AUTHOR = {AuthorKind.BOT: Part.BOT, AuthorKind.AGENT: Part.HUMAN}


@dataclass(frozen=True)
class Episode:
    """A conversation from its beginning to its closing, as far as the survey looks at it."""

    closed_at: datetime | None
    is_spam: bool
    authors: Collection[str]  # the kinds of all who wrote
    is_rated: bool


def parts_to_rate(
    episode: Episode, *, at: datetime, open_for: timedelta
) -> tuple[tuple[Part, ...], datetime | None]:
    """Whom the customer may rate now, and until when; nobody while it goes on, after spam, when
    it was rated already or is too long ago, and where the customer was not heard."""
    if episode.closed_at is None or episode.is_spam or episode.is_rated:
        return (), None
    until = episode.closed_at + open_for
    if at >= until or AuthorKind.CUSTOMER not in episode.authors:
        return (), None
    spoke = {RATED_BY_AUTHOR[AuthorKind(a)] for a in episode.authors if a in RATED_BY_AUTHOR}
    parts = tuple(part for part in Part if part in spoke)
    return parts, until if parts else None
