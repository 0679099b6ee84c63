"""A turn of our own bot: what is wanted is looked for first, and a second wish is not forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

from engine import next_topic
from engine.attention import Attended, attend
from engine.hearing import reader
from engine.turn_request import TurnRequest
from engine.turn_store import current_turn
from engine.wishes import OFFER, SLOT, Wish, quoted

BOTH = "utter_two_wishes"

# `Any`: Rasa's Agent and JSON are untyped to us.
Agent = Any
Json = dict[str, Any]
Answer = Callable[[UserMessage], Awaitable[None]]


class Spoken(Protocol):
    """What the turn channel collects."""

    said: list[Json]
    handoff: Json | None

    async def send_response(self, recipient_id: str, message: Json) -> None: ...

    def name(self) -> str: ...


async def take_own_turn(
    agent: Agent, request: TurnRequest, message: UserMessage, replies: Spoken, answer: Answer
) -> None:
    """Lets Rasa answer what the message wants, and then offers what else was wanted."""
    tracker = current_turn.get().tracker
    found = await _find_wish(agent, request, message, tracker)
    if found.instead is None:
        await answer(message)
    else:
        await _say_instead(agent, tracker, replies, message, found)
    await _go_on(agent, current_turn.get().tracker, replies, message, found.second)


async def _find_wish(
    agent: Agent, request: TurnRequest, message: UserMessage, tracker: DialogueStateTracker
) -> Attended:
    """Puts what is wanted now into the message."""
    parsed: Json = dict(message.parse_data or {})
    whole = Wish(message.text, parsed)
    taken = next_topic.taken_up(tracker, whole.intent)
    if taken is not None:
        message.text, message.parse_data = taken.text, taken.parsed()
    if taken is not None or request.text is None or SLOT not in tracker.slots:
        return Attended(whole)
    found = await attend(
        reader(agent, request),
        whole,
        tracker,
        language=request.language,
        desk=request.desk,
        answer=lambda response: _words_of(agent, response),
    )
    message.text, message.parse_data = found.wish.text, dict(found.wish.parsed)
    if found.second is not None:
        next_topic.remember(tracker, found.second)
    return found


async def _say_instead(
    agent: Agent,
    tracker: DialogueStateTracker,
    replies: Spoken,
    message: UserMessage,
    found: Attended,
) -> None:
    """A turn that no rule decides, told to the tracker as Rasa would tell it."""
    await agent.processor.log_message(message, should_save_tracker=False)
    response = str(found.instead)
    tracker.update(ActionExecuted(response))
    await _say(agent, tracker, replies, response, **found.told)
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME))


def _words_of(agent: Agent, response: str) -> str:
    """All that the response may say, in every language."""
    variations = agent.domain.responses.get(response) or []
    return " ".join(str(one.get("text") or "") for one in variations)


async def _go_on(
    agent: Agent,
    tracker: DialogueStateTracker,
    replies: Spoken,
    message: UserMessage,
    second: Wish | None,
) -> None:
    wish = next_topic.waiting(tracker)
    if wish is None:
        return
    if replies.handoff is not None:
        replies.handoff["details"]["also_wanted"] = wish.text
        next_topic.forget(tracker)
    elif tracker.active_loop_name is None and not wish.offered:
        next_topic.offered(tracker, wish)
        await _say(agent, tracker, replies, OFFER, wish=quoted(wish.text))
    elif tracker.active_loop_name is not None and second is not None:
        # The form's own question stays the last thing that is said.
        asked, replies.said = replies.said, []
        both = {"first": quoted(message.text), "second": quoted(second.text)}
        await _say(agent, tracker, replies, BOTH, **both)
        replies.said += asked


async def _say(
    agent: Agent, tracker: DialogueStateTracker, replies: Spoken, response: str, **told: str
) -> None:
    """A response that no rule asked for."""
    words = await agent.processor.nlg.generate(response, tracker, replies.name(), **told)
    if words is None:
        raise LookupError(f"the bot has no response {response}")
    await replies.send_response(tracker.sender_id, words)
    tracker.update(BotUttered(words.get("text"), metadata={"utter_action": response}))
