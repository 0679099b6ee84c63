"""What the bot does when it does not understand: a guess, one more try, a human. Pure.

A rung is never stood on twice in a row, and the third miss in a row is a human's; after the
customer has been upset, the first one is. So nobody goes round in circles, whatever the model says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from babel.lists import format_list

from bot.channel import Button
from bot.dialogue.turn import BotReply
from bot.routing import buttons
from bot.texts import text

DID_YOU_MEAN = "did_you_mean"
REPHRASE = "rephrase"
OTHER = "other"  # the dialogue's own words, such as "that is outside of what I know"
MISSES_BEFORE_HUMAN = 3
GUESS_AT_LEAST = 0.12
MOST_GUESSES = 3


@dataclass(frozen=True)
class Standing:
    """How the bot gets on in a conversation; kept by the desk, so no dialogue can forget it."""

    misses: int = 0  # in a row
    last_fallback: str | None = None  # the rung of the last miss
    offered: str | None = None  # the best guess of the last "Did you mean"
    upsets: int = 0  # how often the customer was upset
    repeats: int = 0  # how often in a row the customer asked to hear it again

    def after_answer(self) -> "Standing":
        """A real answer makes good for all but the customer's mood."""
        return Standing(upsets=self.upsets)


@dataclass(frozen=True)
class Handoff:
    """The conversation goes to the queue, and why."""

    reason: str
    # `Any`: whatever an action found worth telling the agent.
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """What the customer hears, whether a human is called, and how the bot stands then."""

    replies: tuple[BotReply, ...] = ()
    handoff: Handoff | None = None
    standing: Standing = field(default_factory=Standing)
    ask_instead: str | None = None  # a payload: the message meant this


def lead_on(
    standing: Standing,
    language: str,
    *,
    guesses: tuple[Button, ...] = (),
    rephrase: BotReply | None = None,
) -> Decision:
    """The next rung after one more miss."""
    missed = replace(standing, misses=standing.misses + 1, repeats=0, offered=None)
    if missed.upsets or missed.misses >= MISSES_BEFORE_HUMAN:
        return to_human(missed)
    if guesses and standing.last_fallback != DID_YOU_MEAN:
        reply, best = did_you_mean(guesses, language), guesses[0].payload.removeprefix("/")
        return Decision((reply,), None, replace(missed, last_fallback=DID_YOU_MEAN, offered=best))
    if standing.last_fallback != REPHRASE:
        reply = rephrase or ask_to_rephrase(language)
        return Decision((reply,), None, replace(missed, last_fallback=REPHRASE))
    return to_human(missed)


def to_human(standing: Standing) -> Decision:
    """The end of the ladder; whoever was upset hears that this was noticed."""
    return Decision(handoff=Handoff("frustrated" if standing.upsets else "two_misses"))


def did_you_mean(guesses: tuple[Button, ...], language: str) -> BotReply:
    """The topics stand in the words as well, for channels without buttons."""
    titles = [text("fallback.quoted", language, title=guess.title) for guess in guesses]
    listed = format_list(titles, style="or", locale=language)
    words = text("fallback.did_you_mean", language, topics=listed)
    return BotReply(words, (*guesses, buttons.something_else(language)))


def ask_to_rephrase(language: str) -> BotReply:
    """Where the dialogue has no words of its own for it: after "Something else"."""
    return BotReply(text("fallback.rephrase", language), (buttons.talk_to_a_person(language),))
