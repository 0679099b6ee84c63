"""The one place that knows whether a desk can be reached; every text asks here.

Each process looks at its own clock and at who is on, and tells its own open widgets when that
changes. Nothing of it goes through Redis: the other processes see the same.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.availability.hours import Hours
from bot.availability.standing import (
    FormWhen,
    Notice,
    Standing,
    closed_in_words,
    in_words,
    opening_in_words,
    standing,
)
from bot.clock import every, now
from bot.texts import LANGUAGES

LOOK_SECONDS = 2.0


@dataclass(frozen=True)
class Opening:
    """What `desks.toml` says of a desk's availability."""

    hours: Hours
    form_when: FormWhen


class Availability:
    """Answers for every desk, and says when an answer changes."""

    def __init__(
        self,
        openings: Mapping[str, Opening],
        *,
        anyone_online: Callable[[str], Awaitable[bool]],
        tell: Callable[[str, Notice], None],  # this process's widgets of a desk
    ) -> None:
        self._openings = openings
        self._anyone_online = anyone_online
        self._tell = tell
        self._told: dict[str, Notice] = {}

    async def standing(self, desk: str) -> Standing:
        """How the desk can be reached now."""
        opening = self._openings[desk]
        return standing(
            opening.hours,
            now(),
            agent_online=await self._anyone_online(desk),
            form_when=opening.form_when,
        )

    async def notice(self, desk: str) -> Notice:
        """The same with its words: what a widget shows in its head."""
        hours = self._openings[desk].hours
        at, found = now(), await self.standing(desk)
        words = tuple((lang, in_words(hours, found, at, lang)) for lang in LANGUAGES)
        return Notice(found, hours.zone.key, words)

    def closed_words(self, desk: str, found: Standing, language: str) -> str:
        """A sentence that says that the desk is closed and until when."""
        return closed_in_words(self._openings[desk].hours, found, now(), language)

    async def facts(self, desk: str) -> dict[str, object]:
        """What the dialogue engine is told; empty of words for a desk that is gone."""
        if desk not in self._openings:
            return {"agent_online": await self._anyone_online(desk)}
        found = await self.standing(desk)
        facts: dict[str, object] = {"agent_online": found.agent_online, "open": found.is_open}
        hours, at = self._openings[desk].hours, now()
        if found.opens_at is not None:
            facts["opens_at"] = found.opens_at.isoformat()
            facts["opens"] = {
                language: opening_in_words(hours, found.opens_at, at, language)
                for language in LANGUAGES
            }
        if found.closes_at is not None:
            facts["closes_at"] = found.closes_at.isoformat()
        return facts

    def after_open_time(self, desk: str, at: datetime, duration: timedelta) -> datetime:
        """When the desk has been open for so long since then."""
        opening = self._openings.get(desk)
        return at + duration if opening is None else opening.hours.after_open_time(at, duration)

    def open_time(self, desk: str, since: datetime, until: datetime) -> timedelta:
        """For how long the desk was open in between."""
        opening = self._openings.get(desk)
        return until - since if opening is None else opening.hours.open_time(since, until)

    def opens_after(self, desk: str, at: datetime) -> datetime:
        """The next moment at which the desk is open: `at` itself when it is."""
        opening = self._openings.get(desk)
        return at if opening is None else opening.hours.next_opening(at) or at

    async def run(self) -> None:
        """Until cancelled."""
        await every(LOOK_SECONDS, self.look, name="availability.look")

    async def look(self) -> None:
        """Tells of the desks that can be reached otherwise than a moment ago."""
        for desk in self._openings:
            notice = await self.notice(desk)
            if self._told.get(desk) != notice:
                if desk in self._told:
                    self._tell(desk, notice)
                self._told[desk] = notice
