"""A turn as the engine's turn channel speaks it: the request we send, the answer we accept."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.channel import Button
from bot.dialogue.cards import CARDS

NAME_LENGTH = 100  # of intents, responses and models: characters, as the columns hold
ADDRESS_LENGTH = 2000


class BadAnswer(ValueError):
    """The engine's answer is not of the shape that the turn channel promises."""


@dataclass(frozen=True)
class TurnRequest:
    """What the engine needs to answer one customer message; it keeps nothing of its own."""

    conversation: str
    text: str | None
    payload: str | None
    language: str
    channel: str
    desk: str
    # `Any`: facts and state are JSON objects; the state is opaque to us.
    facts: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] | None = None
    fresh: bool = False
    # The same for every attempt at this turn: with it, its actions have one effect.
    key: str | None = None
    # Somebody asked this before and died: it may have had its effects.
    again: bool = False

    def to_json(self) -> dict[str, Any]:
        """The request's body."""
        return {
            "conversation": self.conversation,
            "text": self.text,
            "payload": self.payload,
            "language": self.language,
            "channel": self.channel,
            "desk": self.desk,
            "facts": dict(self.facts),
            "state": self.state,
            "fresh": self.fresh,
            "turn": self.key,
        }


@dataclass(frozen=True)
class BotReply:
    """One message of the bot."""

    text: str
    buttons: tuple[Button, ...] = ()
    image: str | None = None
    # `Any`: an order to the desk, such as {"unclear": true}, or cards to show (docs/cards.md).
    custom: Mapping[str, Any] = field(default_factory=dict)

    def orders(self, name: str) -> bool:
        """Whether the dialogue orders this with the reply."""
        return self.custom.get(name) is True

    @property
    def is_empty(self) -> bool:
        """Nothing of it can be shown: an order, or a payload for another channel."""
        return not (self.text.strip() or self.buttons or self.image or self.custom.get(CARDS))


@dataclass(frozen=True)
class Guess:
    """An intent and how sure the model is (0 to 1)."""

    name: str
    confidence: float


@dataclass(frozen=True)
class HandoffRequest:
    """The dialogue itself asks for a human."""

    reason: str
    # `Any`: whatever the action found worth telling the agent.
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TurnAnswer:
    """What the engine made of the message."""

    replies: tuple[BotReply, ...]
    intent: Guess
    ranking: tuple[Guess, ...]
    entities: tuple[Mapping[str, Any], ...]
    slots: Mapping[str, Any]
    handoff: HandoffRequest | None
    state: Mapping[str, Any]
    model_id: str
    took_ms: float
    language: str | None = None  # what the customer writes now; None when nobody looked
    answered: str | None = None  # the response that plainly answered a question of the desk

    @property
    def is_in_form(self) -> bool:
        """Whether a form waits for a value: it counts its own tries."""
        return bool(self.slots.get("requested_slot"))

    def orders(self, name: str) -> bool:
        """Whether any of the replies is, or carries, this order to the desk."""
        return any(reply.orders(name) for reply in self.replies)


class Engine(Protocol):
    """Whoever answers turns (see `engine_client.py`)."""

    async def ask(self, request: TurnRequest) -> TurnAnswer:
        """The answer to one customer message; raises EngineFailure."""

    async def model_id(self) -> str | None:
        """The model that is loaded; None while there is none."""

    async def close(self) -> None:
        """Gives connections back."""


# `Any`: JSON from the wire; everything is checked below.
def parse_answer(body: Any) -> TurnAnswer:
    """The answer in our types; raises BadAnswer naming the field that is wrong."""
    try:
        handoff = body["handoff"]
        return TurnAnswer(
            replies=tuple(_reply(reply) for reply in body["replies"]),
            intent=_guess(body["intent"]),
            ranking=tuple(_guess(guess) for guess in body["ranking"]),
            entities=tuple(dict(entity) for entity in body["entities"]),
            slots=dict(body["slots"]),
            handoff=None
            if handoff is None
            else HandoffRequest(str(handoff["reason"]), dict(handoff.get("details") or {})),
            state=dict(body["state"]),
            model_id=str(body["model_id"])[:NAME_LENGTH],
            took_ms=_number(body["took_ms"]),
            language=_name(body.get("language")),
            answered=_name(body.get("answered")),
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise BadAnswer(f"the engine's answer is malformed: {error!r}") from error


def _reply(reply: Mapping[str, Any]) -> BotReply:
    return BotReply(
        text=str(reply.get("text") or ""),
        buttons=tuple(
            Button(str(button["title"]), str(button["payload"]))
            for button in reply.get("buttons") or ()
        ),
        image=_address(reply.get("image")),
        custom=custom if isinstance(custom := reply.get("custom"), dict) else {},
    )


def _name(value: object) -> str | None:
    return value[:NAME_LENGTH] if isinstance(value, str) and value else None


def _address(value: object) -> str | None:
    """Half an address would lead nowhere."""
    return value if isinstance(value, str) and len(value) <= ADDRESS_LENGTH else None


def _guess(guess: Mapping[str, Any]) -> Guess:
    return Guess(str(guess["name"])[:NAME_LENGTH], _number(guess["confidence"]))


# `Any`: JSON; 1e999 is read as infinity.
def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is no number")
    return number
