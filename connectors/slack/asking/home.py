"""The app's home page: what somebody's open requests are, and how to open another one."""

import hashlib
import json

from bot.channel import OpenRequest
from connectors.slack.asking.begin import Beginnings
from connectors.slack.asking.views import home_view
from connectors.slack.calls import Json
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.faults import SlackFault
from connectors.slack.people import Person
from connectors.slack.place import Place

LINKS = 8  # of the newest requests; each is a question to Slack, the first time
LINK_DAYS = 60.0
KEPT_DAYS = 30.0  # after they last looked, or it changed
LOCK_DAYS = 30 / 86_400  # half a minute: whoever draws it has died meanwhile


class Home:
    """Draws it anew each time that somebody looks, and when a request of theirs changes."""

    def __init__(self, slack: SlackChannel, beginnings: Beginnings) -> None:
        self._slack = slack
        self._beginnings = beginnings

    async def publish(self, team: str, user: str, person: Person) -> None:
        """They look at it now; raises SlackFault."""
        await self._show(team, user, await self._view(team, user, person))

    async def refresh(self, team: str, user: str) -> bool:
        """Draws it anew if they have looked at it lately and it shows something else; whether it
        is up to date: not while another process draws it. Raises SlackFault."""
        memory, shown = self._slack.memory, _key(team, user)
        if await memory.recall(CHANNEL, shown) is None:
            return True
        lock = f"{shown}:lock"
        if not await memory.first(CHANNEL, lock, days=LOCK_DAYS):
            return False
        try:
            person = await self._slack.people.find(team, user)
            view = await self._view(team, user, person)
            if await memory.recall(CHANNEL, shown) != _digest(view):
                await self._show(team, user, view)
        finally:
            await memory.forget(CHANNEL, lock)
        return True

    async def _show(self, team: str, user: str, view: Json) -> None:
        await self._slack.calls.call(team, "views.publish", user_id=user, view=view)
        await self._slack.memory.keep(CHANNEL, _key(team, user), _digest(view), days=KEPT_DAYS)

    async def _view(self, team: str, user: str, person: Person) -> Json:
        found = await self._slack.agents.open_requests(CHANNEL, f"{team}:{user}", person.language)
        rows = [
            (request, await self._link(request) if number < LINKS else None)
            for number, request in enumerate(found)
        ]
        choices = self._beginnings.choices(team, person)
        channels = [
            channel for choice in choices for channel in self._slack.rules[choice.desk].channels
        ]
        return home_view(rows, choices, channels[:3], person.language)

    async def _link(self, request: OpenRequest) -> str | None:
        """Remembered: it never changes."""
        key = f"link:{request.thread}"
        known = await self._slack.memory.recall(CHANNEL, key)
        if known is not None:
            return known or None
        try:
            link = await self._beginnings.link(Place.of(request.thread)) or ""
        except (SlackFault, ValueError):
            return None
        await self._slack.memory.keep(CHANNEL, key, link, days=LINK_DAYS)
        return link or None


def _key(team: str, user: str) -> str:
    return f"home:{team}:{user}"


def _digest(view: Json) -> str:
    """The same for the same look."""
    return hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()[:40]
