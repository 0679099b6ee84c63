"""Somebody else's bot: a Rasa project that knows nothing of Firstline, answered as Rasa would.

Our own bot is held to more (every failure fails the turn, forms forget what they asked); for a
guest the habits of Rasa itself hold, except that a customer is never left with a failure in
silence. `credentials.yml` says `guest: true`.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    SESSION_START_METADATA_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from engine.turn_request import TurnError
from engine.turn_store import Turn

logger = logging.getLogger(__name__)

# Policies of guests may look far back; see docs/your-bot.md.
KEPT_TURNS = 30
_NOT_UNDERSTOOD = {
    "en": "Sorry, I did not understand that. Could you put it in other words?",
    "pl": "Przepraszam, nie rozumiem. Czy można to ująć innymi słowami?",
}
_RESTING = (ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME)

# `Any`: Rasa's Agent and processor are untyped to us.
Agent = Any


def parsed_payload(payload: str, domain: Domain) -> dict[str, Any] | None:
    """What a button's payload means; None: it is text to be understood, as in Rasa's channels."""
    message = YAMLStoryReader.unpack_regex_message(Message({TEXT: payload}), domain)
    if message.get(INTENT) is None:
        return None
    return {key: message.get(key) for key in (TEXT, INTENT, INTENT_RANKING_KEY, ENTITIES)}


def begins_itself(domain: Domain) -> bool:
    """Whether the bot brings its own `action_session_start`, with a greeting perhaps."""
    return ACTION_SESSION_START_NAME in domain.user_actions


async def begin_session(
    agent: Agent, tracker: DialogueStateTracker, output: Any, metadata: dict[str, Any]
) -> None:
    """Runs the bot's own session start, with the metadata where Rasa puts it."""
    processor = agent.processor
    tracker.update(SlotSet(SESSION_START_METADATA_SLOT, metadata), agent.domain)
    action = processor._get_action(ACTION_SESSION_START_NAME)
    prediction = PolicyPrediction.for_action_name(agent.domain, ACTION_SESSION_START_NAME)
    await processor._run_action(action, tracker, output, processor.nlg, prediction)
    if tracker.latest_action_name != ACTION_LISTEN_NAME:
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))


def not_understood(language: str) -> dict[str, Any]:
    """What we say for a bot that has no words for not understanding; marked for the service."""
    return {
        **{"text": _NOT_UNDERSTOOD[language], "buttons": [], "image": None, "attachment": None},
        "custom": {"unclear": True},
    }


def check_guest(turn: Turn, *, said: bool) -> None:
    """A guest may stay silent on purpose, and may fail after it spoke; not fail in silence."""
    if said:
        return
    if turn.failure is not None:
        raise TurnError(500, "turn_failed", f"an action failed: {turn.failure}")
    if turn.tracker.latest_action_name not in _RESTING and not turn.tracker.is_paused():
        raise TurnError(500, "turn_failed", "the bot ran in circles and was stopped")


def forget_reminders() -> None:
    """A reminder has no turn that it could answer in: it is dropped, and the log says so."""
    MessageProcessor._schedule_reminders = _drop_reminders
    MessageProcessor._cancel_reminders = _drop_cancellations


async def _drop_reminders(_processor: Any, events: Any, _tracker: Any, _output: Any) -> None:
    for event in events:
        if event.type_name == "reminder":
            logger.warning("reminder.dropped intent=%s", event.intent)


async def _drop_cancellations(_processor: Any, _events: Any, _tracker: Any) -> None:
    """Nothing was scheduled."""
