"""The check's last question: does what happens in Slack reach the desk? Answered by trying."""

from collections.abc import AsyncIterator

from bot.channel import ChannelMemory
from connectors.slack.calls import Calls
from connectors.slack.connector import SlackKeys
from connectors.slack.faults import Refused, SlackFault
from connectors.slack.findings import Finding
from connectors.slack.proof import (
    Ear,
    NoHello,
    NotHeard,
    Post,
    challenge,
    listening,
    post_and_wait,
)

SWITCH_ON = (
    "Basic Information, App-Level Tokens: one with the scope connections:write; and switch Socket"
    " Mode on"
)
BY_HAND = (
    "prove it by hand: 1. start the desk (`firstline up`); 2. write “hello” in a channel of"
    " [DESK.slack]: 👀 under it within a few seconds means that events arrive"
)
AGAIN = "try again in a minute"


async def events_arrive(
    calls: Calls,
    keys: SlackKeys,
    place: tuple[Post, str] | None,
    memory: ChannelMemory,
    *,
    url: str,
) -> AsyncIterator[Finding]:
    """Opens the way in, posts where `place` says and waits for the event of it."""
    if keys.app_token is None:
        yield await _address(calls, keys.signing_secret or "", url)
        yield await _event(calls, memory, place, None)
        return
    try:
        async with listening(calls, keys.app_token) as ear:
            beside = f", beside {ear.others} of the desk" if ear.others else ""
            yield Finding(True, f"Socket Mode: Slack says hello on a socket{beside}")
            if not ear.others:
                yield await _event(calls, memory, place, ear)
                return
        # The desk's own socket is the one to prove: this one would take events from it.
        yield await _event(calls, memory, place, None)
    except Refused as fault:
        yield Finding(False, f"the app-level token opens no socket: {fault.code}", SWITCH_ON)
    except SlackFault as fault:
        yield Finding(False, f"no socket now: {fault}", AGAIN)
    except NoHello as fault:
        mend = "let this machine open wss:// connections to Slack (a proxy or firewall is between)"
        yield Finding(False, f"Slack does not say hello on the socket: {fault}", mend)


async def _address(calls: Calls, secret: str, url: str) -> Finding:
    if not url:
        return Finding(
            False,
            "events come over HTTP, and the desk's public address is not known here",
            "set FIRSTLINE_PUBLIC_URL, or name it with --url https://…",
        )
    address = f"{url.rstrip('/')}/slack/events"
    problem = await challenge(calls, address, secret)
    if problem is None:
        what = f"{address} answers a signed challenge, and refuses a wrong signature"
        return Finding(True, what)
    mend = (
        "the desk must run behind that address with the same FIRSTLINE_SLACK_SIGNING_SECRET; see"
        " that the proxy hands /slack/events on unchanged, headers and body"
    )
    return Finding(False, problem, mend)


async def _event(
    calls: Calls, memory: ChannelMemory, place: tuple[Post, str] | None, ear: Ear | None
) -> Finding:
    if place is None:
        return Finding(False, "no channel to prove in that events arrive", BY_HAND)
    where, event = place
    try:
        who = await post_and_wait(calls, memory, where, ear)
    except SlackFault as fault:
        what = f"the check cannot post in {where.channel}, so nothing is proved: {fault}"
        return Finding(False, what, BY_HAND)
    except NotHeard:
        return Finding(
            False, f"a post in {where.channel} was made, and no event of it came", _mend(event, ear)
        )
    heard = "the desk that runs heard of it" if who == "desk" else "this check heard of it"
    return Finding(True, f"events arrive: a post in {where.channel} was made, {heard}, it is gone")


def _mend(event: str, ear: Ear | None) -> str:
    found = f"Event Subscriptions: switch events on, with {event} among the bot events (paste"
    found += " `firstline slack manifest` again), and reinstall the app"
    if ear is None:
        found += "; the desk must run, on the same database as this check"
    return found
