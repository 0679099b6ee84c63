"""What everything of the widget's channel shares."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channel import (
    ChannelDesk,
    FormDesk,
    HistoryDesk,
    IdentityDesk,
    RateLimit,
    SurveyDesk,
    TranscriptDesk,
    WaitingDesk,
)
from connectors.web.crowd import Crowd
from connectors.web.lookout import Lookout
from connectors.web.origins import Origins
from connectors.web.tokens import VisitorTokens

CHANNEL = "web"


@dataclass(frozen=True)
class WebChannel:
    """The desk behind it, and the limits at its doors."""

    desk: ChannelDesk
    tokens: VisitorTokens
    limit: RateLimit
    crowd: Crowd
    lookout: Lookout
    text_limit: int
    survey: SurveyDesk
    transcripts: TranscriptDesk
    waiting: WaitingDesk
    bot_words: dict[str, str]  # what «back to the assistant» says there
    identity: IdentityDesk
    history: HistoryDesk
    form: FormDesk
    human_words: dict[str, str]  # what «talk to a person» says in the transcript, by language
    origins: Origins

    def check(self, desk: str, headers: Mapping[str, str]) -> None:
        """Raises UnknownDesk, or DomainNotAllowed for a page that may not show this desk's chat."""
        self.desk.check_desk(desk)
        self.origins.check(desk, headers)
