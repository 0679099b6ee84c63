"""Short words of the connector itself, outside any conversation: no transcript keeps them."""

import structlog

from connectors.slack.calls import Calls, Json
from connectors.slack.faults import SlackFault
from connectors.slack.mrkdwn import escape
from connectors.slack.place import Place

log = structlog.get_logger()


async def tell(calls: Calls, place: Place, words: str) -> None:
    """In the thread, for everybody there."""
    await _quietly(
        calls,
        place.team,
        "chat.postMessage",
        channel=place.channel,
        thread_ts=place.thread,
        text=escape(words),
        unfurl_links="false",
        unfurl_media="false",
    )


async def whisper(calls: Calls, place: Place, user: str, words: str) -> None:
    """For one person's eyes; in a direct message there are no others."""
    if place.channel.startswith("D"):
        await tell(calls, place, words)
        return
    await _quietly(
        calls,
        place.team,
        "chat.postEphemeral",
        channel=place.channel,
        user=user,
        thread_ts=place.thread,
        text=escape(words),
    )


async def react(calls: Calls, team: str, channel: str, ts: str, emoji: str) -> None:
    """A reaction under a post. A second one of the same kind is as good as the first."""
    await _quietly(calls, team, "reactions.add", channel=channel, timestamp=ts, name=emoji)


async def _quietly(calls: Calls, team: str, method: str, **arguments: object) -> Json | None:
    """What helps when it works and harms nobody when it does not."""
    try:
        return await calls.call(team, method, **arguments)
    except SlackFault as fault:
        log.info("slack.not_told", method=method, problem=str(fault))
        return None
