"""Slack, when it is set up; otherwise nothing of it is even imported."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from pydantic import SecretStr

from bot.attachments.service import Attachments
from bot.db import Database
from bot.desks import Desks
from bot.digest.service import Digests
from bot.frontdesk import FrontDesk
from bot.handoff.waiting_room import WaitingRoom
from bot.memory.service import ChannelMemories
from bot.privacy.mask import mask
from bot.routing.edits import Edits
from bot.routing.filled import RequestForms
from bot.settings import Settings
from bot.survey.service import Surveys
from bot.triage.cards import TriageCards
from bot.triage.service import Triage
from bot.workspaces.service import Workspaces

if TYPE_CHECKING:
    from connectors.slack.calls import Calls
    from connectors.slack.connector import SlackConnector, SlackKeys
    from connectors.slack.sender import SlackSender

NAME = "slack"


class DeskParts(Protocol):
    """What the connector needs of a desk (`bot.assembly.Parts`)."""

    @property
    def frontdesk(self) -> FrontDesk: ...
    @property
    def edits(self) -> Edits: ...
    @property
    def attachments(self) -> Attachments: ...
    @property
    def surveys(self) -> Surveys: ...
    @property
    def waiting_room(self) -> WaitingRoom: ...
    @property
    def triage(self) -> Triage: ...
    @property
    def triage_cards(self) -> TriageCards: ...
    @property
    def digests(self) -> Digests: ...
    @property
    def request_forms(self) -> RequestForms: ...
    @property
    def db(self) -> Database: ...
    @property
    def settings(self) -> Settings: ...


@dataclass(frozen=True)
class SlackMessenger:
    """The way to Slack, before the desk behind it exists: the outbox needs the sender first."""

    keys: SlackKeys
    calls: Calls
    memory: ChannelMemories
    sender: SlackSender
    desks: Desks
    name: str = NAME

    def connect(self, parts: DeskParts) -> SlackConnector:
        """The connector, with the desk behind it."""
        from bot.conversations.answered import Answers
        from connectors.slack.after.rating import Ratings
        from connectors.slack.below import Below
        from connectors.slack.channel import SlackChannel
        from connectors.slack.connector import SlackConnector
        from connectors.slack.features import FEATURES, WORKS
        from connectors.slack.people import People
        from connectors.slack.threads import requester_has_left

        slack = SlackChannel(
            desk=parts.frontdesk,
            edits=parts.edits,
            files=parts.attachments,
            survey=parts.surveys,
            waiting=parts.waiting_room,
            memory=self.memory,
            calls=self.calls,
            people=People(self.calls),
            rules={desk.id: desk.slack for desk in self.desks.all() if desk.slack.is_used},
            desk_names={desk.id: desk.name for desk in self.desks.all()},
            text_limit=parts.settings.max_text_length,
            hide=lambda words: mask(words).text,
            agents=parts.triage,
            cards=parts.triage_cards,
            digests=parts.digests,
            forms=parts.request_forms,
            answers=Answers(parts.db),
        )
        self.sender.asks = Ratings(slack).question
        self.sender.below = Below(slack).blocks
        self.sender.has_left = partial(requester_has_left, slack)
        return SlackConnector(self.keys, slack, FEATURES, works=WORKS)


def is_set_up(settings: Settings) -> bool:
    """Whether this installation speaks Slack: with a token of its own, or by installations."""
    return settings.slack_bot_token is not None or bool(settings.slack_client_id)


def slack_of(
    settings: Settings, db: Database, *, desks: Desks, files: Attachments
) -> SlackMessenger | None:
    """The way to Slack; None when it is not set up."""
    if not is_set_up(settings):
        return None
    from connectors.slack.calls import Calls
    from connectors.slack.sender import SlackSender
    from connectors.slack.teams import Teams

    keys = keys_of(settings)
    calls, memory = Calls(settings.slack_api_url), ChannelMemories(db)
    store = Workspaces(db, secret=settings.token_key())
    calls.teams = Teams(store, token=keys.bot_token, client=calls.client)
    return SlackMessenger(keys, calls, memory, SlackSender(calls, files, memory), desks)


def keys_of(settings: Settings) -> SlackKeys:
    """What the app's pages at Slack gave to whoever set it up."""
    from connectors.slack.connector import SlackKeys

    return SlackKeys(
        bot_token=_plain(settings.slack_bot_token),
        app_token=_plain(settings.slack_app_token),
        signing_secret=_plain(settings.slack_signing_secret),
        client_id=settings.slack_client_id,
        client_secret=_plain(settings.slack_client_secret),
        state_key=settings.token_key(),
    )


def _plain(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
