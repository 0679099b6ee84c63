"""The bolt app: who may come in, which module takes what, and what Slack is answered.

`process_before_response`: a listener is awaited before Slack gets its answer. So an event is
acknowledged when it is committed; a listener that raises is not acknowledged, and Slack sends the
event again. What needs longer than a moment after that goes to `SlackChannel.later`. An event of
which nothing is stored is acknowledged after a moment, and done all the same.
"""

import logging
from typing import Any, Protocol

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from connectors.slack.channel import SlackChannel
from connectors.slack.faults import NotInstalled
from connectors.slack.later import NoRoom, StillAtWork
from connectors.slack.proof import note

# Nothing is stored for these: they are acknowledged as soon as presses are, and done all the same.
STORED_NOWHERE = frozenset({"app_home_opened"})

log = structlog.get_logger()


class Feature(Protocol):
    """A module of this package that listens."""

    def register(self, app: AsyncApp, slack: SlackChannel) -> None:
        """Tells the app what it listens to."""


class DeskApp(AsyncApp):
    """Bolt lets nobody hear of what the app itself has posted; a check's post is noted here.

    Only what bolt has answered with 200 counts: over HTTP that is what Slack has signed.
    """

    def __init__(self, slack: SlackChannel, **options: Any) -> None:
        super().__init__(**options)
        self._slack = slack

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """One request, whichever way it came."""
        event = req.body.get("event")
        if isinstance(event, dict) and event.get("type") in STORED_NOWHERE:
            return await self._soon(req)
        if isinstance(event, dict) and event.get("subtype") == "message_deleted":
            # Bolt takes whose post it was for who deletes it: ours would be passed over.
            req.context["user_id"] = event.get("user")
        response = await super().async_dispatch(req)
        if response.status == 200:
            await note(self._slack.memory, req.body)
        return response

    async def _soon(self, req: AsyncBoltRequest) -> BoltResponse:
        """What fails before its answer is not acknowledged, as ever; what fails later is logged."""
        found: list[BoltResponse] = []
        dispatch = super().async_dispatch

        async def work() -> None:
            found.append(await dispatch(req))

        try:
            await self._slack.later.answered(work(), "slack event")
        except NoRoom:
            return BoltResponse(status=503, body="")
        return found[0] if found else BoltResponse(status=200, body="")


def build_app(
    slack: SlackChannel, features: tuple[Feature, ...], *, signing_secret: str
) -> AsyncApp:
    """All features on one app."""
    logger = logging.getLogger("firstline.slack")
    # Bolt's own lines may carry what people wrote.
    logger.setLevel(logging.ERROR)
    app = DeskApp(
        slack,
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
