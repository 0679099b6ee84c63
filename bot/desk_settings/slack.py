"""Where a desk is found in Slack, and whom it serves there: [DESK.slack] in `desks.toml`."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.desk_settings.table import Table
from bot.texts import DEFAULT_LANGUAGE, LANGUAGES

CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
TEAM = re.compile(r"[TE][A-Z0-9]{2,20}")
SERVE, REFUSE = "serve", "refuse"
AWAY, ACTIVE, ALWAYS = "away", "active", "always"
MOST_PREFIX = 20  # characters
KNOWN = (
    *("channels", "mention_channels", "direct_messages", "workspace"),
    *("guests", "external", "triage_channel", "triage_language", "reply_prefix"),
    *("agents_in_slack", "forms", "weekly_digest"),
)
FORMS = ("access_request", "hardware_request", "incident_report")
IDS = "a list of channel ids such as C0123ABCD (in Slack: the channel's name, About, at the bottom)"


@dataclass(frozen=True)
class SlackSettings:
    """Channels by their ids; without `workspace` those of any workspace."""

    channels: tuple[str, ...] = ()  # every post is a request
    mention_channels: tuple[str, ...] = ()  # a post is one when it mentions the bot
    direct_messages: bool = False  # direct messages and the assistant pane are this desk's
    workspace: str | None = None
    guests: str = REFUSE
    external: str = REFUSE  # people of other organizations (Slack Connect)
    triage_channel: str | None = None  # the agents' private one
    triage_language: str = DEFAULT_LANGUAGE  # of its cards
    reply_prefix: str = ""  # in a card's thread: what begins so goes to the customer
    agents_in_slack: str = AWAY  # whether agents who are only there count as available
    weekly_digest: bool = True  # to the triage channel
    forms: tuple[str, ...] = ()  # windows that ask for all that a form of our bot asks

    @property
    def is_used(self) -> bool:
        """Whether the desk is found in Slack at all."""
        wanted = self.channels or self.mention_channels or self.direct_messages
        return bool(wanted or self.triage_channel)


# `Any`: what a person wrote into a TOML file.
def read_slack(file: Path, desk: str, raw: Any) -> SlackSettings:
    """The settings of [DESK.slack]; without, those of a desk that is not in Slack.

    Raises BadDesksFile.
    """
    if raw is None:
        return SlackSettings()
    table = Table(file, f"{desk}.slack", raw, known=KNOWN)
    return SlackSettings(
        channels=_channels(table, "channels"),
        mention_channels=_channels(table, "mention_channels"),
        direct_messages=table.flag("direct_messages"),
        workspace=table.optional_text(
            "workspace",
            check=lambda v: bool(TEAM.fullmatch(v)),
            must="a workspace's id such as T0123ABCD",
        ),
        guests=table.one_of("guests", (REFUSE, SERVE), otherwise=REFUSE),
        external=table.one_of("external", (REFUSE, SERVE), otherwise=REFUSE),
        triage_channel=table.optional_text(
            "triage_channel",
            check=lambda v: bool(CHANNEL.fullmatch(v)),
            must="a channel's id such as C0123ABCD",
        ),
        triage_language=table.one_of("triage_language", LANGUAGES, otherwise=DEFAULT_LANGUAGE),
        reply_prefix=table.optional_text(
            "reply_prefix",
            check=lambda v: v == v.strip() and 0 < len(v) <= MOST_PREFIX,
            must="a short text such as >>, without spaces around it",
        )
        or "",
        weekly_digest="weekly_digest" not in table or table.flag("weekly_digest"),
        forms=_forms(table),
        agents_in_slack=table.one_of("agents_in_slack", (AWAY, ACTIVE, ALWAYS), otherwise=AWAY),
    )


def _forms(table: Table) -> tuple[str, ...]:
    found = table.texts("forms")
    for name in found:
        if name not in FORMS or found.count(name) > 1:
            raise table.fault("forms", f"must be some of {', '.join(FORMS)}, each once")
    return found


def _channels(table: Table, key: str) -> tuple[str, ...]:
    found = table.texts(key)
    for channel in found:
        if not CHANNEL.fullmatch(channel):
            raise table.fault(key, f"must be {IDS}; {channel!r} is none")
    return found
