"""What happens to an installation, its channels and the assistant pane."""

from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp

from bot.texts import text
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.faults import SlackFault
from connectors.slack.manifest import CHANNEL_EVENTS
from connectors.slack.place import Place
from connectors.slack.tell import tell

log = structlog.get_logger()


def register(app: AsyncApp, slack: SlackChannel) -> None:
    """Listens to what Slack tells of the app itself."""

    @app.event("app_uninstalled")
    async def app_uninstalled(body: dict[str, Any]) -> None:
        await slack.calls.teams.remove(str(body.get("team_id", "")))
        log.warning("slack.uninstalled", workspace=body.get("team_id"))
        slack.line.look_at_once()

    @app.event("tokens_revoked")
    async def tokens_revoked(body: dict[str, Any]) -> None:
        tokens = (body.get("event") or {}).get("tokens") or {}
        if tokens.get("bot"):
            await slack.calls.teams.remove(str(body.get("team_id", "")))
            log.warning("slack.tokens_revoked", workspace=body.get("team_id"))
            slack.line.look_at_once()

    async def channel_changed(event: dict[str, Any]) -> None:
        if slack.is_configured(str(event.get("channel", ""))):
            slack.line.look_at_once()

    for kind in CHANNEL_EVENTS:
        app.event(kind)(channel_changed)

    @app.event("assistant_thread_started")
    async def assistant_thread_started(body: dict[str, Any]) -> None:
        slack.later.start(_greet(slack, body), "slack greeting")

    @app.event("assistant_thread_context_changed")
    async def assistant_thread_context_changed() -> None:
        """They look at another channel beside the pane: nothing to us."""


async def _greet(slack: SlackChannel, body: dict[str, Any]) -> None:
    """A first word in a new thread of the assistant pane."""
    opened = (body.get("event") or {}).get("assistant_thread") or {}
    team, user = str(body.get("team_id", "")), str(opened.get("user_id", ""))
    channel, thread = opened.get("channel_id"), opened.get("thread_ts")
    if not (team and user and channel and thread) or slack.desk_of_messages(team) is None:
        return
    try:
        language = (await slack.people.find(team, user)).language
    except SlackFault:
        language = "en"
    place = Place(team, str(channel), str(thread))
    if not await slack.memory.first(CHANNEL, f"greeted:{place.key}", days=1):
        return
    await tell(slack.calls, place, text("slack.say_more", language))
