"""What we know of a thread beside its conversation: whose it is, and whether the bot is silent."""

from dataclasses import dataclass

from bot.channel import ThreadStatus
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.faults import SlackFault
from connectors.slack.place import Place

KEPT_DAYS = 400.0
MUTED, PEOPLE = "muted", "people"


@dataclass(frozen=True)
class Thread:
    """A thread as one look found it."""

    place: Place
    requester: str | None
    silence: str | None  # MUTED by somebody's word; PEOPLE: they help each other
    status: ThreadStatus | None

    @property
    def is_open(self) -> bool:
        """Whether its conversation goes on."""
        return self.status is not None and self.status.status != "closed"

    @property
    def language(self) -> str | None:
        """That of its conversation."""
        return self.status.language if self.status else None


async def look_at(slack: SlackChannel, place: Place) -> Thread:
    """The thread, from the database: another process may have changed it."""
    return Thread(
        place,
        await slack.memory.recall(CHANNEL, f"requester:{place.key}"),
        await slack.memory.recall(CHANNEL, f"silence:{place.key}"),
        await slack.desk.thread_status(CHANNEL, place.key),
    )


async def claim(slack: SlackChannel, place: Place, user: str) -> bool:
    """The thread is this person's request; whether it was nobody's before."""
    key = f"requester:{place.key}"
    return await slack.memory.first(CHANNEL, key, user, days=KEPT_DAYS)


async def requester_has_left(slack: SlackChannel, place: Place) -> bool:
    """Whether whoever asked there is deactivated; Slack itself takes posts in their thread."""
    user = await slack.memory.recall(CHANNEL, f"requester:{place.key}")
    if user is None:
        return False
    try:
        return (await slack.people.find(place.team, user)).is_gone
    except SlackFault:  # who they are is no reason to hold a message up
        return False


async def silence(slack: SlackChannel, place: Place, why: str) -> None:
    """The bot keeps quiet there."""
    await slack.memory.keep(CHANNEL, f"silence:{place.key}", why, days=KEPT_DAYS)


async def resume(slack: SlackChannel, place: Place) -> None:
    """The bot may speak there again."""
    await slack.memory.forget(CHANNEL, f"silence:{place.key}")
