"""How the customer feels, as far as they showed it: named signals, no invented score. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

UPSET = {"frustrated": "upset", "insult": "insulted"}
# One of these is everyday; two are a sign.
ASKED_AGAIN, NOT_UNDERSTOOD, WANTED_HUMAN, THANKED = "repeat", "misses", "talk_to_human", "thank"
MISSES = frozenset({"nlu_fallback", "out_of_scope"})
A_SIGN = 2


@dataclass(frozen=True)
class Signal:
    """Something that shows a mood: `seqs` are the customer's messages that it was read from."""

    kind: str
    seqs: tuple[int, ...]


def signals(
    intents: Sequence[tuple[int, str | None]], unhelpful: Sequence[int]
) -> tuple[Signal, ...]:
    """The signs of a mood, the strongest first.

    `intents`: the customer's messages as the bot took them; `unhelpful`: those whose answer the
    customer said no to.
    """
    found = [Signal(kind, _seqs(intents, {intent})) for intent, kind in reversed(UPSET.items())]
    found.append(Signal("not_helpful", tuple(unhelpful)))
    for kind, meant in (
        ("not_understood", MISSES),
        ("asked_again", {ASKED_AGAIN}),
        ("wanted_human", {WANTED_HUMAN}),
    ):
        seqs = _seqs(intents, meant)
        found.append(Signal(kind, seqs if len(seqs) >= A_SIGN else ()))
    found.append(Signal("thanked", _seqs(intents, {THANKED})))
    return tuple(signal for signal in found if signal.seqs)


def _seqs(
    intents: Sequence[tuple[int, str | None]], meant: set[str] | frozenset[str]
) -> tuple[int, ...]:
    return tuple(seq for seq, intent in intents if intent in meant)
