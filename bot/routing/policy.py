"""What to do with the engine's answer: say it, or hand the conversation to a human. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.turn import BotReply, TurnAnswer

HUMAN_INTENT = "talk_to_human"
MISS_INTENTS = frozenset({"nlu_fallback", "out_of_scope"})
MISSES_BEFORE_HANDOFF = 2


@dataclass(frozen=True)
class Handoff:
    """The conversation goes to the queue, and why."""

    reason: str
    # `Any`: whatever an action found worth telling the agent.
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """What the customer hears, whether a human is called, and the misses in a row so far."""

    replies: tuple[BotReply, ...]
    handoff: Handoff | None
    misses: int


def decide(answer: TurnAnswer, *, misses: int) -> Decision:
    """The counter of misses lives here and not in the model, so no dialogue can loop.

    Inside a form an unclear answer is the form's business: it counts its own tries.
    """
    if answer.handoff is not None:
        handoff = Handoff(answer.handoff.reason, answer.handoff.details)
        return Decision(answer.replies, handoff, 0)
    if answer.intent.name == HUMAN_INTENT:
        return Decision((), Handoff("asked_for_human"), 0)
    if answer.intent.name in MISS_INTENTS and not answer.slots.get("requested_slot"):
        missed = misses + 1
        if missed >= MISSES_BEFORE_HANDOFF:
            return Decision((), Handoff("two_misses"), 0)
        return Decision(answer.replies, None, missed)
    return Decision(answer.replies, None, 0)
