"""The app's home page: what somebody's open requests are, and how to open another one."""

from bot.channel import OpenRequest
from connectors.slack.asking.begin import Beginnings
from connectors.slack.asking.views import home_view
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.faults import SlackFault
from connectors.slack.people import Person
from connectors.slack.place import Place

LINKS = 8  # of the newest requests; each is a question to Slack, the first time
LINK_DAYS = 60.0


class Home:
    """Draws it anew each time that somebody looks, and after a request of theirs."""

    def __init__(self, slack: SlackChannel, beginnings: Beginnings) -> None:
        self._slack = slack
        self._beginnings = beginnings

    async def publish(self, team: str, user: str, person: Person) -> None:
        """Raises SlackFault."""
        found = await self._slack.agents.open_requests(CHANNEL, f"{team}:{user}", person.language)
        rows = [
            (request, await self._link(request) if number < LINKS else None)
            for number, request in enumerate(found)
        ]
        choices = self._beginnings.choices(team, person)
        channels = [
            channel for choice in choices for channel in self._slack.rules[choice.desk].channels
        ]
        view = home_view(rows, choices, channels[:3], person.language)
        await self._slack.calls.call(team, "views.publish", user_id=user, view=view)

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
