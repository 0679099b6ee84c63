"""Is everything at Slack as it must be? One finding a line, and how to mend what is not."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.channel import SlackSettings, Workspace
from connectors.slack.calls import Calls
from connectors.slack.connector import SlackKeys
from connectors.slack.faults import Limited, NotInstalled, Refused, SlackFault, Unreachable
from connectors.slack.manifest import SCOPES

INVITE = "in Slack, write /invite @Firstline in that channel"


@dataclass(frozen=True)
class Finding:
    """What was looked at; `mend` says what to do when it is not good."""

    good: bool
    what: str
    mend: str = ""


async def check(
    calls: Calls, keys: SlackKeys, rules: Mapping[str, SlackSettings]
) -> AsyncIterator[Finding]:
    """Looks at one thing after another; goes on where that still makes sense."""
    for finding in _settings(keys, rules):
        yield finding
    try:
        workspaces = await calls.teams.all()
    except SlackFault as fault:
        yield _token_fault(fault)
        return
    if not workspaces:
        yield Finding(
            False,
            "no workspace has installed the app",
            "set FIRSTLINE_SLACK_BOT_TOKEN, or open /slack/install on the desk's address",
        )
        return
    for workspace in workspaces:
        yield Finding(True, f"{workspace.name} ({workspace.id}): the bot token is good")
        for finding in _scopes(workspace):
            yield finding
        async for finding in _channels(calls, workspace, rules):
            yield finding
    if keys.app_token is not None:
        yield await _socket(calls, keys.app_token)
    elif keys.signing_secret is not None:
        yield Finding(
            True,
            "events come over HTTP: under Event Subscriptions, /slack/events must be “Verified”",
        )


def _settings(keys: SlackKeys, rules: Mapping[str, SlackSettings]) -> list[Finding]:
    found = []
    if keys.app_token is None and keys.signing_secret is None:
        found.append(
            Finding(
                False,
                "no way in for events",
                "set FIRSTLINE_SLACK_APP_TOKEN (Socket Mode) or FIRSTLINE_SLACK_SIGNING_SECRET",
            )
        )
    if keys.client_id and (keys.client_secret is None or keys.signing_secret is None):
        found.append(
            Finding(
                False,
                "the client id alone installs nothing",
                "set FIRSTLINE_SLACK_CLIENT_SECRET and FIRSTLINE_SLACK_SIGNING_SECRET too",
            )
        )
    if not rules:
        found.append(
            Finding(
                False,
                "no desk is found in Slack",
                "name channels in [DESK.slack] of desks.toml (docs/slack.md)",
            )
        )
    return found


def _scopes(workspace: Workspace) -> list[Finding]:
    missing = sorted(set(SCOPES) - set(workspace.scopes))
    wider = sorted(set(workspace.scopes) - set(SCOPES))
    found = []
    if missing:
        reasons = "; ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
        found.append(
            Finding(
                False,
                f"{workspace.name}: scopes are missing: {reasons}",
                "paste `firstline slack manifest` into App Manifest, then reinstall the app",
            )
        )
    else:
        found.append(Finding(True, f"{workspace.name}: all {len(SCOPES)} scopes are there"))
    if wider:
        found.append(
            Finding(True, f"{workspace.name}: more scopes than Firstline uses: {', '.join(wider)}")
        )
    return found


async def _channels(
    calls: Calls, workspace: Workspace, rules: Mapping[str, SlackSettings]
) -> AsyncIterator[Finding]:
    for desk, its in rules.items():
        if its.workspace not in (None, workspace.id):
            continue
        for channel in (*its.channels, *its.mention_channels):
            yield await _channel(calls, workspace, desk, channel)
        if its.triage_channel:
            yield await _channel(calls, workspace, desk, its.triage_channel, private=True)


async def _channel(
    calls: Calls, workspace: Workspace, desk: str, channel: str, *, private: bool = False
) -> Finding:
    where = f"{workspace.name}: {channel} of [{desk}.slack]"
    try:
        said = await calls.call(workspace.id, "conversations.info", channel=channel)
    except Refused as fault:
        if fault.code == "channel_not_found":
            mend = f"check its id, and {INVITE} when it is private"
            return Finding(False, f"{where} is not there, or hidden from the app", mend)
        return Finding(False, f"{where}: {fault}", "see the scopes above")
    except SlackFault as fault:
        return Finding(False, f"{where}: {fault}", "try again in a minute")
    # `Any`: Slack's JSON.
    found: dict[str, Any] = said.get("channel") or {}
    named = f"{workspace.name}: #{found.get('name', channel)} of [{desk}.slack]"
    if found.get("is_archived"):
        return Finding(False, f"{named} is archived", "name another channel, or unarchive it")
    if not found.get("is_member"):
        return Finding(False, f"{named}: the app is not in it", INVITE)
    if private and not found.get("is_private"):
        mend = (
            "make it private: cards tell what customers wrote, so none is posted there until then"
        )
        return Finding(False, f"{named} is the triage channel, and not private", mend)
    return Finding(True, f"{named}: the app is in it")


async def _socket(calls: Calls, app_token: str) -> Finding:
    try:
        await calls.call_with(app_token, "apps.connections.open")
    except Refused as fault:
        mend = (
            "Basic Information, App-Level Tokens: one with the scope connections:write; and switch"
            " Socket Mode on"
        )
        return Finding(False, f"the app-level token opens no socket: {fault.code}", mend)
    except SlackFault as fault:
        return Finding(False, f"no socket now: {fault}", "try again in a minute")
    return Finding(True, "Socket Mode: Slack opens a socket for the app-level token")


def _token_fault(fault: SlackFault) -> Finding:
    if isinstance(fault, Unreachable | Limited):
        return Finding(
            False,
            f"Slack does not answer: {fault}",
            "check the network and FIRSTLINE_SLACK_API_URL",
        )
    if isinstance(fault, NotInstalled):
        return Finding(False, str(fault), "install the app in the workspace")
    return Finding(
        False,
        f"the bot token is not good: {fault}",
        "copy it anew from OAuth & Permissions (it begins with xoxb-); reinstall the app first",
    )
