"""Short words of the connector itself, outside any conversation: no transcript keeps them.

They go out in the background: nobody's acknowledgement waits for them. What Slack does not take
now is tried again; what it refuses for good helps nobody and harms nobody.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import structlog

from connectors.slack.calls import Calls
from connectors.slack.channel import SlackChannel
from connectors.slack.faults import PASSING, Limited, Refused, SlackFault, Unreachable
from connectors.slack.mrkdwn import escape
from connectors.slack.place import Place

PAUSES = (1.0, 5.0, 15.0, 60.0)  # seconds before each further try; a 429 says so itself
LONGEST_SECONDS = 120.0
MOST_POSTS = 50

log = structlog.get_logger()

Answer = TypeVar("Answer")


async def tell(calls: Calls, place: Place, words: str) -> None:
    """In the thread, for everybody there; once, also when Slack does not say that it arrived."""
    began, is_in_doubt = time.time(), False

    async def post() -> None:
        nonlocal is_in_doubt
        try:
            if not (is_in_doubt and await _stands_there(calls, place, words, since=began)):
                await calls.call(
                    place.team,
                    "chat.postMessage",
                    channel=place.channel,
                    thread_ts=place.thread,
                    text=escape(words),
                    unfurl_links="false",
                    unfurl_media="false",
                )
        except Unreachable:
            is_in_doubt = True
            raise

    await _quietly(_patiently(post))


def whisper(
    slack: SlackChannel, place: Place, user: str, words: str, *, or_directly: bool = False
) -> None:
    """For one person's eyes; in a direct message there are no others.

    `or_directly`: whom Slack does not find in the channel (any more) is told as below.
    """
    if place.is_direct:
        work = tell(slack.calls, place, words)
    else:
        work = _whisper(slack.calls, place, user, words, or_directly=or_directly)
    slack.later.start(work, "slack whisper")


async def _whisper(calls: Calls, place: Place, user: str, words: str, *, or_directly: bool) -> None:
    try:
        await _patiently(
            lambda: calls.call(
                place.team,
                "chat.postEphemeral",
                channel=place.channel,
                user=user,
                thread_ts=place.thread,
                text=escape(words),
            )
        )
    except SlackFault as fault:
        if or_directly and isinstance(fault, Refused) and fault.code == "user_not_in_channel":
            await _directly(calls, place.team, user, words)
        else:
            _note(fault)


def tell_directly(slack: SlackChannel, team: str, user: str, words: str) -> None:
    """For one person, in their direct message with the app."""
    slack.later.start(_directly(slack.calls, team, user, words), "slack words")


async def _directly(calls: Calls, team: str, user: str, words: str) -> None:
    """Opened first: Slack posts to a person's id as well, but tells nobody what arrived there."""
    channel = user
    try:
        said = await _patiently(lambda: calls.call(team, "conversations.open", users=user))
        channel = str(said["channel"]["id"])
    except SlackFault as fault:  # without the right to open it, to their id is better than never
        _note(fault)
    await tell(calls, Place(team, channel), words)


async def react(calls: Calls, team: str, channel: str, ts: str, emoji: str) -> None:
    """A reaction under a post. A second one of the same kind is as good as the first."""
    await _quietly(
        _patiently(
            lambda: calls.call(team, "reactions.add", channel=channel, timestamp=ts, name=emoji)
        )
    )


# `Any`: Slack's JSON.
async def redraw(
    calls: Calls, place: Place, ts: str, words: str, blocks: Sequence[Mapping[str, Any]]
) -> None:
    """A post of ours says something else from now on; one too old to edit stays as it is."""
    await _quietly(
        _patiently(
            lambda: calls.call(
                place.team, "chat.update", channel=place.channel, ts=ts, text=words, blocks=blocks
            )
        )
    )


async def at_work(calls: Calls, place: Place, words: str) -> None:
    """The assistant pane shows it until the next post; elsewhere Slack refuses it."""
    await _quietly(  # once: later it would be wrong
        calls.call(
            place.team,
            "assistant.threads.setStatus",
            channel_id=place.channel,
            thread_ts=place.thread,
            status=words,
        )
    )


async def _quietly(work: Awaitable[object]) -> None:
    """What Slack does not take is logged, and that is all."""
    try:
        await work
    except SlackFault as fault:
        _note(fault)


def _note(fault: SlackFault) -> None:
    log.info("slack.not_told", method=fault.method, problem=str(fault))


async def _patiently(work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Tried again after each pause, as long as that may help; raises the last SlackFault."""
    for pause in PAUSES:
        try:
            return await work()
        except SlackFault as fault:
            if not _passes(fault):
                raise
            wait = fault.seconds if isinstance(fault, Limited) else pause
        await asyncio.sleep(min(wait, LONGEST_SECONDS))
    return await work()


def _passes(fault: SlackFault) -> bool:
    if isinstance(fault, Refused):
        return fault.code in PASSING
    return isinstance(fault, Limited | Unreachable)


async def _stands_there(calls: Calls, place: Place, words: str, *, since: float) -> bool:
    where = {"channel": place.channel, "oldest": f"{since - 60:.6f}", "limit": str(MOST_POSTS)}
    try:
        if place.thread is None:
            said = await calls.call(place.team, "conversations.history", **where)
        else:
            said = await calls.call(place.team, "conversations.replies", ts=place.thread, **where)
    except Refused:  # without the right to read there, once more is better than never
        return False
    posts = said.get("messages") or ()
    return any(post.get("bot_id") and post.get("text") == escape(words) for post in posts)
