"""The bolt app: who may come in, which module takes what, and what Slack is answered.

`process_before_response`: a listener is awaited before Slack gets its answer. So an event is
acknowledged when it is committed; a listener that raises is not acknowledged, and Slack sends the
event again. What needs longer than a moment after that goes to `SlackChannel.later`.
"""

import logging
from typing import Any, Protocol

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from connectors.slack.channel import SlackChannel
from connectors.slack.faults import NotInstalled
from connectors.slack.later import StillAtWork

log = structlog.get_logger()


class Feature(Protocol):
    """A module of this package that listens."""

    def register(self, app: AsyncApp, slack: SlackChannel) -> None:
        """Tells the app what it listens to."""


def build_app(
    slack: SlackChannel, features: tuple[Feature, ...], *, signing_secret: str
) -> AsyncApp:
    """All features on one app."""
    logger = logging.getLogger("firstline.slack")
    # Bolt's own lines may carry what people wrote.
    logger.setLevel(logging.ERROR)
    app = AsyncApp(
        name="firstline",
        logger=logger,
        # Socket Mode needs none; without one nothing is taken over HTTP (connector.py).
        signing_secret=signing_secret or "none",
        client=slack.calls.client(None),
        authorize=_authorizing(slack),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
    )
    app.error(_answer_to_failure)
    for feature in features:
        feature.register(app, slack)
    return app


def _authorizing(slack: SlackChannel) -> Any:  # `Any`: bolt looks at the function's signature
    async def authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult | None:
        try:
            workspace = await slack.calls.teams.of(team_id or enterprise_id or "")
        except NotInstalled:
            log.warning("slack.not_installed", workspace=team_id or enterprise_id)
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=workspace.id,
            bot_user_id=workspace.bot_user,
            bot_id=workspace.bot or None,
            bot_token=workspace.token,
        )

    return authorize


async def _answer_to_failure(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """Slack takes 200 as done and sends anything else again."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200, body="")
    event = body.get("event_id") or body.get("trigger_id")
    if isinstance(error, StillAtWork):
        log.info("slack.still_at_work", event=event)
    else:
        log.error("slack.failed", event=event, exc_info=error)
    return BoltResponse(status=503, body="")
