""" "Was this helpful?": after which answers it is asked, and what a yes or no leads to. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.channel import Button
from bot.dialogue.turn import BotReply, Guess, TurnAnswer
from bot.routing import buttons
from bot.routing.guesses import topics
from bot.routing.policy import NO, YES
from bot.texts import text

PAYLOAD = f"{buttons.OWN}helpful"
NEXT_GUESS_AT_LEAST = 0.02
# After an emergency nobody wants to be asked, and of what the bot cannot do it knows already.
NOT_ASKED_AFTER = frozenset(
    {
        *("utter_care_danger", "utter_care_scam"),
        *("utter_it_phishing", "utter_it_phishing_clicked", "utter_it_malware"),
        *("utter_it_data_sent_wrong",),
        *("utter_care_negotiate_price", "utter_care_job"),
        *("utter_it_hr_question", "utter_it_facilities"),
    }
)


@dataclass(frozen=True)
class Opinion:
    """What the customer says of the answer to message `seq`."""

    seq: int
    helpful: bool


def may_ask(answer: TurnAnswer) -> bool:
    """Whether the answer is one of which it makes sense to ask."""
    return (
        answer.answered is not None
        and answer.answered not in NOT_ASKED_AFTER
        and answer.handoff is None
        and not answer.is_in_form
    )


def question(seq: int, language: str) -> BotReply:
    """Asks about the answer to message `seq`."""
    yes = Button(text("helpful.yes", language), _payload(Opinion(seq, helpful=True)))
    no = Button(text("helpful.no", language), _payload(Opinion(seq, helpful=False)))
    return BotReply(text("helpful.question", language), (yes, no))


def _payload(opinion: Opinion) -> str:
    """Short: some channels take no more than 64 bytes."""
    body = {"turn": opinion.seq, "helpful": opinion.helpful}
    return PAYLOAD + json.dumps(body, separators=(",", ":"))


def pressed(payload: str) -> Opinion | None:
    """The opinion that the payload carries, if it is one of these."""
    if not payload.startswith(PAYLOAD):
        return None
    try:
        body = json.loads(payload.removeprefix(PAYLOAD))
        return Opinion(int(body["turn"]), helpful=body["helpful"] is True)
    except (ValueError, KeyError, TypeError):
        return None


def typed(intent: str, asked: Iterable[Mapping[str, str]]) -> Opinion | None:
    """A yes or no in words, right after the question with these buttons."""
    if intent not in (YES, NO):
        return None
    opinions = (pressed(button["payload"]) for button in asked)
    return next((found for found in opinions if found and found.helpful == (intent == YES)), None)


def thanks(language: str) -> BotReply:
    """It helped."""
    return BotReply(text("helpful.thanks", language))


def another_try(ranking: Iterable[Guess], intent: str | None, language: str) -> BotReply:
    """It did not: the next best guess, a person, or other words."""
    guesses = topics(ranking, language, at_least=NEXT_GUESS_AT_LEAST, most=1, but=intent)
    words = text("helpful.sorry_guess" if guesses else "helpful.sorry", language)
    return BotReply(words, (*guesses, buttons.talk_to_a_person(language)))
