"""Is everything at Slack as it must be? One finding a line, and how to mend what is not."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from bot.channel import ChannelMemory, SlackSettings, Workspace
from connectors.slack.calls import Calls
from connectors.slack.connector import SlackKeys
from connectors.slack.faults import Limited, NotInstalled, Refused, SlackFault, Unreachable
from connectors.slack.findings import Finding
from connectors.slack.heard import events_arrive
from connectors.slack.manifest import SCOPES
from connectors.slack.proof import Post
from connectors.slack.rooms import doubles
from connectors.slack.state import Wrong, channel_state, mend

FOUND = {
    Wrong.ARCHIVED: " is archived",
    Wrong.LEFT: ": the app is not in it",
    Wrong.GONE: " is not there, or hidden from the app",
    Wrong.PUBLIC: " is the triage channel, and not private",
    Wrong.SHARED: " is the triage channel, and shared with another organization",
    Wrong.SCOPES: " cannot be looked at: a scope is missing",
}


async def check(
    calls: Calls,
    keys: SlackKeys,
    rules: Mapping[str, SlackSettings],
    memory: ChannelMemory,
    *,
    url: str = "",
) -> AsyncIterator[Finding]:
    """Looks at one thing after another; goes on where that still makes sense.

    `url`: the desk's public address, where Slack sends events over HTTP.
    """
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
    if (own := await calls.teams.own()) is not None:
        for what in doubles(rules, own.id):
            yield Finding(False, what, "take it out of one of them")
    for kept in workspaces:
        try:  # what was stored when it was installed may be revoked, or have other scopes, since
            workspace = kept if kept == own else await calls.teams.ask(kept.token)
        except SlackFault as fault:
            yield _refused_there(kept, fault)
            continue
        yield Finding(True, f"{workspace.name} ({workspace.id}): the bot token is good")
        for finding in _scopes(workspace):
            yield finding
        async for finding in _channels(calls, workspace, rules):
            yield finding
    if keys.app_token is not None or keys.signing_secret is not None:
        async for finding in events_arrive(
            calls, keys, await _place(calls, workspaces, rules), memory, url=url
        ):
            yield finding


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
    try:
        state = await channel_state(calls, workspace.id, channel, private=private)
    except SlackFault as fault:
        where = f"{workspace.name}: {channel} of [{desk}.slack]"
        again = "see the scopes above" if isinstance(fault, Refused) else "try again in a minute"
        return Finding(False, f"{where}: {fault}", again)
    named = f"{workspace.name}: {state.name} of [{desk}.slack]"
    if state.wrong is None:
        return Finding(True, f"{named}: the app is in it")
    return Finding(False, f"{named}{FOUND[state.wrong]}", mend(state.wrong))


async def _place(
    calls: Calls, workspaces: list[Workspace], rules: Mapping[str, SlackSettings]
) -> tuple[Post, str] | None:
    """Where the check may post for a moment, and which event tells of it: among agents if it can,
    else where employees ask."""
    for workspace in workspaces:
        here = [its for its in rules.values() if its.workspace in (None, workspace.id)]
        triage = [(its.triage_channel, its.triage_language) for its in here if its.triage_channel]
        asking = [(c, "en") for its in here for c in (*its.channels, *its.mention_channels)]
        for channel, language in (*triage, *asking):
            try:
                said = await calls.call(workspace.id, "conversations.info", channel=channel)
            except SlackFault:
                continue
            # `Any`: Slack's JSON.
            found: dict[str, Any] = said.get("channel") or {}
            if found.get("is_member") and not found.get("is_archived"):
                event = "message.groups" if found.get("is_private") else "message.channels"
                return Post(workspace.id, channel, language), event
    return None


def _refused_there(workspace: Workspace, fault: SlackFault) -> Finding:
    if not isinstance(fault, Refused):
        return _token_fault(fault)
    return Finding(
        False,
        f"{workspace.name} ({workspace.id}): Slack refuses the bot token: {fault.code}",
        "install the app there again: open /slack/install on the desk's address",
    )


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
        mend(Wrong.SIGNED_OUT),
    )
