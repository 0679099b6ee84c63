""" "Was this helpful?": after which answers it is asked, and what a yes or no leads to. Pure."""

from collections.abc import Iterable, Mapping

from bot.channel import Button
from bot.dialogue.turn import BotReply, Guess, TurnAnswer
from bot.feedback.opinion import Opinion, pressed
from bot.routing import buttons
from bot.routing.guesses import topics
from bot.routing.policy import NO, YES
from bot.texts import text

NEXT_GUESS_AT_LEAST = 0.02
# After an emergency nobody wants to be asked, and of what the bot cannot do it knows already.
NOT_ASKED_AFTER = frozenset(
    {
        *("utter_care_danger", "utter_care_scam"),
        *("utter_it_phishing", "utter_it_phishing_clicked", "utter_it_malware"),
        *("utter_it_data_sent_wrong", "utter_it_lost_device", "utter_care_complaint"),
        *("utter_care_negotiate_price", "utter_care_job"),
        *("utter_it_hr_question", "utter_it_facilities"),
    }
)


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
    yes = Button(text("helpful.yes", language), Opinion(seq, helpful=True).payload())
    no = Button(text("helpful.no", language), Opinion(seq, helpful=False).payload())
    return BotReply(text("helpful.question", language), (yes, no))


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
