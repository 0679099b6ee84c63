"""What everything of Slack's channel shares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.channel import (
    AgentsDesk,
    AnswerDesk,
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
from connectors.slack.line import Line
from connectors.slack.people import People
from connectors.slack.place import Place
from connectors.slack.privates import Privates
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
    hide: Callable[[str], str]  # what must not be kept goes from these words
    agents: AgentsDesk
    cards: CardDesk
    digests: DigestDesk
    forms: RequestFormDesk
    answers: AnswerDesk
    later: Later = field(default_factory=Later)
    line: Line = field(default_factory=Line)
    privates: Privates = field(default_factory=Privates)

    def desk_of(self, team: str, channel: str) -> tuple[str, SlackSettings] | None:
        """The desk whose request channel this is."""
        for desk, rules in self._in(team):
            if channel in rules.channels or channel in rules.mention_channels:
                return desk, rules
        return None

    def desk_at(self, place: Place) -> tuple[str, SlackSettings] | None:
        """The desk that takes what is asked there."""
        if place.is_direct:
            return self.desk_of_messages(place.team)
        return self.desk_of(place.team, place.channel)

    def is_configured(self, channel: str) -> bool:
        """Whether a desk needs the channel, of whatever workspace."""
        return any(
            channel in (*rules.channels, *rules.mention_channels, rules.triage_channel)
            for rules in self.rules.values()
        )

    def desk_of_messages(self, team: str) -> tuple[str, SlackSettings] | None:
        """The desk that takes direct messages."""
        return next(((d, rules) for d, rules in self._in(team) if rules.direct_messages), None)

    def _in(self, team: str) -> list[tuple[str, SlackSettings]]:
        return [
            (desk, rules)
            for desk, rules in self.rules.items()
            if rules.workspace is None or rules.workspace == team
        ]
