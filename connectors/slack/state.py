"""What is wrong with a channel, as Slack answers; the check and the watch judge by it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.texts import text
from connectors.slack.calls import Calls
from connectors.slack.faults import Refused, Unreachable


class Wrong(StrEnum):
    """What somebody has to mend. The texts are `trouble.…` and `mend.…`."""

    ARCHIVED = "slack_archived"
    LEFT = "slack_left"  # the app is not in the channel
    GONE = "slack_gone"  # or hidden from the app
    PUBLIC = "slack_public"  # a triage channel that everybody can read
    SHARED = "slack_shared"  # one that another organization can read (Slack Connect)
    SCOPES = "slack_scopes"
    SIGNED_OUT = "slack_signed_out"
    NOT_INSTALLED = "slack_not_installed"
    SOCKET_REFUSED = "slack_socket_refused"
    SOCKET_DOWN = "slack_socket_down"


def mend(wrong: Wrong, language: str = "en") -> str:
    """What to do about it."""
    return text(f"mend.{wrong}", language)


@dataclass(frozen=True)
class ChannelState:
    """A channel as it is now; `wrong` None: as it must be."""

    name: str
    wrong: Wrong | None


async def channel_state(
    calls: Calls, team: str, channel: str, *, private: bool = False
) -> ChannelState:
    """Asks Slack; raises a SlackFault when that says nothing about the channel."""
    try:
        said = await calls.call(team, "conversations.info", channel=channel)
    except Refused as fault:
        if fault.code == "channel_not_found":
            return ChannelState(channel, Wrong.GONE)
        if fault.code == "missing_scope":
            return ChannelState(channel, Wrong.SCOPES)
        raise
    found = said.get("channel")
    if not isinstance(found, dict):
        raise Unreachable("conversations.info", "no answer that we understand")
    return ChannelState(f"#{found.get('name', channel)}", _wrong(found, private=private))


def _wrong(found: dict[str, object], *, private: bool) -> Wrong | None:
    if found.get("is_archived"):
        return Wrong.ARCHIVED
    if not found.get("is_member"):
        return Wrong.LEFT
    return _read_by_others(found) if private else None


def _read_by_others(found: dict[str, object]) -> Wrong | None:
    """`is_org_shared`, shared among workspaces of one organization, is no outsider's."""
    if found.get("is_private") is not True:
        return Wrong.PUBLIC
    return Wrong.SHARED if found.get("is_ext_shared") else None


def members_alone_read(found: dict[str, object]) -> bool:
    """Of a channel as Slack tells of it: members of this organization, and nobody else."""
    return _read_by_others(found) is None
