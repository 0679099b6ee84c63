"""What everything of Slack's channel shares."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.channel import (
    AgentsDesk,
    CardDesk,
    ChannelDesk,
    ChannelMemory,
    DigestDesk,
    EditDesk,
    FileDesk,
    RequestFormDesk,
    SlackSettings,
    SurveyDesk,
    WaitingDesk,
)
from connectors.slack.calls import Calls
from connectors.slack.later import Later
from connectors.slack.people import People
from connectors.slack.teams import CHANNEL

__all__ = ["CHANNEL", "SlackChannel"]


@dataclass(frozen=True)
class SlackChannel:
    """The desk behind it, and the way to Slack. Each feature's module has a `register(app, slack)`.

    Listeners are awaited before Slack gets its answer (see app.py): what takes longer than a
    moment goes to `later`. Across processes remembers `memory`, nothing else.
    """

    desk: ChannelDesk
    edits: EditDesk
    files: FileDesk
    survey: SurveyDesk
    waiting: WaitingDesk
    memory: ChannelMemory
    calls: Calls
    people: People
    rules: Mapping[str, SlackSettings]  # by desk
    desk_names: Mapping[str, Mapping[str, str]]  # by desk and language
    text_limit: int
    agents: AgentsDesk
    cards: CardDesk
    digests: DigestDesk
    forms: RequestFormDesk
    later: Later = field(default_factory=Later)

    def desk_of(self, team: str, channel: str) -> tuple[str, SlackSettings] | None:
        """The desk whose request channel this is."""
        for desk, rules in self._in(team):
            if channel in rules.channels or channel in rules.mention_channels:
                return desk, rules
        return None

    def desk_of_messages(self, team: str) -> tuple[str, SlackSettings] | None:
        """The desk that takes direct messages."""
        return next(((d, rules) for d, rules in self._in(team) if rules.direct_messages), None)

    def _in(self, team: str) -> list[tuple[str, SlackSettings]]:
        return [
            (desk, rules)
            for desk, rules in self.rules.items()
            if rules.workspace is None or rules.workspace == team
        ]
