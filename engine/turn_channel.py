"""POST /webhooks/turn/webhook: one customer message in, the bot's answer and the new state out.

Run it: FIRSTLINE_ACTIONS_URL=http://127.0.0.1:5055/webhook .venv-engine/bin/python -m rasa run
  --model models/firstline.tar.gz --endpoints endpoints.yml --credentials credentials.yml
  -i 127.0.0.1 --port 5005
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME, DEFAULT_INTENTS
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from engine.action_results import check_action_results_quickly
from engine.plain_runner import run_graphs_plainly
from engine.turn_request import TurnError, TurnRequest, parse_request
from engine.turn_state import (
    KEPT_ENTITIES,
    MAX_BYTES,
    Json,
    close_tracker,
    forget_left_forms,
    open_tracker,
    slim_entity,
)
from engine.turn_store import Turn, current_turn, watch_failures

logger = logging.getLogger(__name__)

# `Any`: Rasa's Agent is untyped to us.
Agent = Any
Answer = Callable[[UserMessage], Awaitable[None]]

DEFAULT_TIMEOUT = 8.0
RANKING_LENGTH = 5
MAX_BODY = 4 * MAX_BYTES


class Replies(OutputChannel):
    """Collects what the bot says; a handoff is an order to the service and not among the words."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.said: list[Json] = []
        self.handoff: Json | None = None

    def name(self) -> str:
        """Responses may have variations for a channel (`channel: slack`)."""
        return self._channel

    async def send_response(self, recipient_id: str, message: Json) -> None:
        custom = message.get("custom") or None
        if isinstance(custom, dict) and "handoff" in custom:
            asked = custom["handoff"]
            self.handoff = {"reason": asked["reason"], "details": asked.get("details") or {}}
            custom = None
        reply = {
            "text": message.get("text") or None,
            "buttons": [
                {"title": button["title"], "payload": button["payload"]}
                for button in [
                    *(message.get("buttons") or []),
                    *(message.get("quick_replies") or []),
                ]
            ],
            "image": message.get("image") or None,
            "attachment": message.get("attachment") or None,
            "custom": custom,
        }
        if any(reply.values()):
            self.said.append(reply)


class TurnChannel(InputChannel):
    """Every failure is an HTTP error with a JSON body; an answer is never empty."""

    def __init__(self, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._timeout = timeout

    @classmethod
    def name(cls) -> str:
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: Json | None) -> TurnChannel:
        return cls(timeout=float((credentials or {}).get("timeout", DEFAULT_TIMEOUT)))

    def blueprint(self, on_new_message: Answer) -> Blueprint:
        watch_failures()
        check_action_results_quickly()
        run_graphs_plainly()
        blueprint = Blueprint("turn")

        @blueprint.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            try:
                agent = _ready_agent(request)
            except TurnError as error:
                return _error(error)
            return response.json({"ready": True, "model_id": _model_id(agent)})

        @blueprint.route("/webhook", methods=["POST"])
        async def webhook(request: Request) -> HTTPResponse:
            try:
                return response.json(await self._take_turn(request, on_new_message))
            except TurnError as error:
                return _error(error)
            # The web handler: whatever went wrong may not become silence.
            except Exception as error:  # noqa: BLE001
                return _error(TurnError(500, "turn_failed", type(error).__name__), error)

        return blueprint

    async def _take_turn(self, http: Request, on_new_message: Answer) -> Json:
        began = time.perf_counter()
        agent = _ready_agent(http)
        # Without Rasa's own intents (restart, back, ...): no button may carry those.
        offered = set(agent.domain.intents).difference(DEFAULT_INTENTS)
        request = parse_request(_body(http), intents=offered)
        model_id = _model_id(agent)
        turn = Turn(open_tracker(request, agent.domain, model_id))
        current_turn.set(turn)
        replies = Replies(request.channel)
        try:
            await asyncio.wait_for(on_new_message(_message(request, replies)), self._timeout)
        except asyncio.TimeoutError:
            seconds = f"{self._timeout:g} s"
            raise TurnError(504, "turn_timeout", f"no answer within {seconds}") from None
        _check_answered(turn, replies)
        slots = turn.tracker.current_slot_values()
        # After the slots were told: an agent who takes over sees what the form had collected.
        forget_left_forms(turn.tracker, agent.domain)
        return {
            "replies": replies.said,
            **_understood(turn.tracker),
            "answered": _answered(turn.tracker),
            "slots": slots,
            "handoff": replies.handoff,
            "state": close_tracker(turn.tracker, model_id),
            "model_id": model_id,
            "took_ms": round((time.perf_counter() - began) * 1000, 3),
        }


def _ready_agent(http: Request) -> Agent:
    agent = http.app.ctx.agent
    if agent is None or not agent.is_ready():
        raise TurnError(503, "no_model", "no trained model is loaded; run `make train`")
    return agent


def _model_id(agent: Agent) -> str:
    return str(agent.processor.model_metadata.model_id)


def _body(http: Request) -> Any:
    if len(http.body) > MAX_BODY:
        raise TurnError(413, "too_long", f"the request has more than {MAX_BODY} bytes")
    try:
        return http.json
    except (SanicException, ValueError, RecursionError):
        raise TurnError(400, "bad_request", "the body is not JSON") from None


def _message(request: TurnRequest, replies: Replies) -> UserMessage:
    text = request.message_text()
    parsed = None
    if request.intent is not None:
        intent = {"name": request.intent, "confidence": 1.0}
        entities = [{"entity": name, "value": value} for name, value in request.entities.items()]
        # Parsed already: a button does not pass through the classifier.
        parsed = {
            "text": text,
            "intent": intent,
            "intent_ranking": [intent],
            "entities": entities,
        }
    return UserMessage(
        text,
        replies,
        request.conversation,
        parse_data=parsed,
        input_channel=request.channel,
        metadata={
            "desk": request.desk,
            "language": request.language,
            "facts": request.facts,
        },
    )


def _answered(tracker: DialogueStateTracker) -> str | None:
    """The plain answer to a question of a desk that this turn ended with, by its name."""
    intent = tracker.latest_message.intent.get("name") if tracker.latest_message else None
    answer = f"utter_{intent}"
    desks = ("care_", "it_")
    said = next(
        (event for event in reversed(tracker.events) if isinstance(event, BotUttered)), None
    )
    if said is None or tracker.active_loop_name or not str(intent).startswith(desks):
        return None
    return answer if said.metadata.get("utter_action") == answer else None


def _check_answered(turn: Turn, replies: Replies) -> None:
    """Rasa calls a turn done that it gave up on; we do not."""
    if turn.failure is not None:
        raise TurnError(500, "turn_failed", f"an action failed: {turn.failure}")
    if turn.tracker.latest_action_name != ACTION_LISTEN_NAME:
        raise TurnError(500, "turn_failed", "the bot ran in circles and was stopped")
    if not replies.said and replies.handoff is None:
        raise TurnError(500, "turn_failed", "no_answer: the bot had nothing to say")


def _understood(tracker: DialogueStateTracker) -> Json:
    message = tracker.latest_message
    ranking = message.parse_data.get("intent_ranking", [])[:RANKING_LENGTH]
    return {
        "intent": _guess(message.intent),
        "ranking": [_guess(guess) for guess in ranking],
        "entities": [slim_entity(entity) for entity in message.entities[:KEPT_ENTITIES]],
    }


def _guess(guess: Json) -> Json:
    return {"name": guess.get("name"), "confidence": float(guess.get("confidence") or 0.0)}


def _error(error: TurnError, cause: Exception | None = None) -> HTTPResponse:
    if error.status >= 500:
        logger.error("turn.failed code=%s problem=%s", error.code, error.message, exc_info=cause)
    body = {"error": {"code": error.code, "message": error.message}}
    return response.json(body, status=error.status)
