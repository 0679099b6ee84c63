"""POST /webhooks/turn/webhook: one customer message in, the bot's answer and the new state out.

Run it: FIRSTLINE_ACTIONS_URL=http://127.0.0.1:5055/webhook .venv-engine/bin/python -m rasa run
  --model models/firstline.tar.gz --endpoints endpoints.yml --credentials credentials.yml
  -i 127.0.0.1 --port 5005
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME as NOT_UNDERSTOOD
from rasa.shared.core.constants import ACTION_LISTEN_NAME, DEFAULT_INTENTS
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse
from threadpoolctl import threadpool_limits

from engine.action_results import check_action_results_quickly
from engine.guest import KEPT_TURNS as KEPT_TURNS_OF_GUESTS
from engine.guest import (
    begin_session,
    begins_itself,
    check_guest,
    forget_reminders,
    not_understood,
    parsed_payload,
)
from engine.hearing import hear, metadata_of
from engine.own_turn import take_own_turn
from engine.plain_runner import run_graphs_plainly
from engine.quick_rules import look_rules_up
from engine.replies import handoff_of, shown
from engine.shortcuts import take_shortcuts
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

    @property
    def is_silent(self) -> bool:
        """Nothing for the customer, and nobody is called."""
        return not self.said and self.handoff is None

    async def send_response(self, recipient_id: str, message: Json) -> None:
        self.handoff = handoff_of(message) or self.handoff
        self.said += shown(message)


class TurnChannel(InputChannel):
    """Every failure is an HTTP error with a JSON body; an answer is never empty by accident.

    Options: `timeout` of a turn in seconds; `guest`, somebody else's bot (see `engine.guest`);
    `human_intents`, the intents that ask for a person.
    """

    def __init__(
        self,
        timeout: float = DEFAULT_TIMEOUT,
        *,
        guest: bool = False,
        human_intents: Iterable[str] = (),
    ) -> None:
        self._timeout = timeout
        self._guest = guest
        self._human_intents = frozenset(human_intents)

    @classmethod
    def name(cls) -> str:
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: Json | None) -> TurnChannel:
        given = credentials or {}
        return cls(
            timeout=float(given.get("timeout", DEFAULT_TIMEOUT)),
            guest=bool(given.get("guest", False)),
            human_intents=given.get("human_intents") or (),
        )

    def blueprint(self, on_new_message: Answer) -> Blueprint:
        watch_failures()
        check_action_results_quickly()
        run_graphs_plainly()
        look_rules_up()
        take_shortcuts()
        forget_reminders()
        blueprint = Blueprint("turn")

        @blueprint.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            try:
                agent = _ready_agent(request)
            except TurnError as error:
                return _error(error)
            # Our actions give the turn's key on; what a guest's do, we cannot know.
            said = {"model_id": _model_id(agent), "repeatable": not self._guest}
            return response.json({"ready": True, **said})

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
        own = set(agent.domain.intents).difference(DEFAULT_INTENTS)
        request = parse_request(_body(http), intents=None if self._guest else own)
        model_id = _model_id(agent)
        heard: Json | None = None
        if not self._guest:
            request, heard = await hear(agent, request)
        turn = Turn(open_tracker(request, agent.domain, model_id))
        current_turn.set(turn)
        replies = Replies(request.channel)
        try:
            work = self._work(agent, request, replies, on_new_message, heard)
            await asyncio.wait_for(work, self._timeout)
        except asyncio.TimeoutError:
            seconds = f"{self._timeout:g} s"
            raise TurnError(504, "turn_timeout", f"no answer within {seconds}") from None
        understood = _understood(turn.tracker)
        self._look_for_handoff(understood, turn, replies)
        self._check_answered(turn, replies)
        slots = turn.tracker.current_slot_values()
        if not self._guest:
            # After the slots were told: whoever takes over sees what the form had collected.
            forget_left_forms(turn.tracker, agent.domain)
        elif understood["intent"]["name"] == NOT_UNDERSTOOD and replies.is_silent:
            replies.said.append(not_understood(request.language))
        return {
            "replies": replies.said,
            **understood,
            "language": None if self._guest else request.language,
            "answered": None if self._guest else _answered(turn.tracker),
            "slots": slots,
            "handoff": replies.handoff,
            "state": self._close(turn.tracker, model_id),
            "model_id": model_id,
            "took_ms": round((time.perf_counter() - began) * 1000, 3),
        }

    async def _work(
        self,
        agent: Agent,
        request: TurnRequest,
        replies: Replies,
        on_new_message: Answer,
        heard: Json | None,
    ) -> None:
        message = _message(request, replies, agent.domain, heard)
        if self._guest and request.state is None and begins_itself(agent.domain):
            tracker = current_turn.get().tracker
            await begin_session(agent, tracker, replies, message.metadata)
        if self._guest:
            await on_new_message(message)
        else:
            await take_own_turn(agent, request, message, replies, on_new_message)

    def _close(self, tracker: DialogueStateTracker, model_id: str) -> Json:
        if self._guest:
            turns = KEPT_TURNS_OF_GUESTS
            return close_tracker(tracker, model_id, kept_turns=turns, with_words=True)
        return close_tracker(tracker, model_id)

    def _look_for_handoff(self, understood: Json, turn: Turn, replies: Replies) -> None:
        """A guest need not say it in our words: its intent does, or a pause."""
        if replies.handoff is not None:
            return
        if understood["intent"]["name"] in self._human_intents:
            # The desk says what comes next; a phone number or a question would contradict it.
            replies.said, replies.handoff = [], {"reason": "asked_for_human", "details": {}}
        elif self._guest and turn.tracker.is_paused():
            replies.handoff = {"reason": "action", "details": {"why": "paused"}}

    def _check_answered(self, turn: Turn, replies: Replies) -> None:
        """Rasa calls a turn done that it gave up on; we do not."""
        if self._guest:
            check_guest(turn, said=not replies.is_silent)
        elif turn.failure is not None:
            raise TurnError(500, "turn_failed", f"an action failed: {turn.failure}")
        elif turn.tracker.latest_action_name != ACTION_LISTEN_NAME:
            raise TurnError(500, "turn_failed", "the bot ran in circles and was stopped")
        elif replies.is_silent:
            raise TurnError(500, "turn_failed", "no_answer: the bot had nothing to say")


def _ready_agent(http: Request) -> Agent:
    agent = http.app.ctx.agent
    if agent is None or not agent.is_ready():
        raise TurnError(503, "no_model", "no trained model is loaded; run `make train`")
    _settle(_model_id(agent))
    return agent


@lru_cache(maxsize=1)
def _settle(model_id: str) -> None:
    """What a loaded model brought stays: the collector need not look through it at every turn.

    And one thread is enough for a message: a second one's share costs more to hand over than to do.
    """
    gc.collect()
    gc.freeze()
    threadpool_limits(1)


def _model_id(agent: Agent) -> str:
    return str(agent.processor.model_metadata.model_id)


def _body(http: Request) -> Any:
    if len(http.body) > MAX_BODY:
        raise TurnError(413, "too_long", f"the request has more than {MAX_BODY} bytes")
    try:
        return http.json
    except (SanicException, ValueError, RecursionError):
        raise TurnError(400, "bad_request", "the body is not JSON") from None


def _message(
    request: TurnRequest, replies: Replies, domain: Domain, parsed: Json | None
) -> UserMessage:
    text = request.message_text()
    if request.payload is not None and request.intent is None:
        parsed = parsed_payload(request.payload, domain)
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
        metadata=metadata_of(request),
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


def _understood(tracker: DialogueStateTracker) -> Json:
    # Not the tracker's latest message: a fallback takes that back, and a restart forgets it.
    message = next(e for e in reversed(tracker.events) if isinstance(e, UserUttered))
    ranking = message.parse_data.get("intent_ranking", [])[:RANKING_LENGTH]
    return {
        "intent": _guess(message.intent),
        "ranking": [_guess(guess) for guess in ranking],
        "entities": [slim_entity(entity) for entity in message.entities[:KEPT_ENTITIES]],
    }


def _guess(guess: Json) -> Json:
    # A classifier may have no guess at all, which is as good as not understood.
    name = guess.get("name") or NOT_UNDERSTOOD
    return {"name": name, "confidence": float(guess.get("confidence") or 0.0)}


def _error(error: TurnError, cause: Exception | None = None) -> HTTPResponse:
    if error.status >= 500:
        logger.error("turn.failed code=%s problem=%s", error.code, error.message, exc_info=cause)
    body = {"error": {"code": error.code, "message": error.message}}
    return response.json(body, status=error.status)
