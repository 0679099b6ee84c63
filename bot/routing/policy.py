"""What to do with the engine's answer: say it, ask back, or call a human. Pure."""

import json
from dataclasses import replace

from bot.dialogue.turn import BotReply, TurnAnswer
from bot.routing import buttons
from bot.routing.guesses import topics
from bot.routing.ladder import (
    DID_YOU_MEAN,
    GUESS_AT_LEAST,
    MOST_GUESSES,
    OTHER,
    REPHRASE,
    Decision,
    Handoff,
    Standing,
    lead_on,
    to_human,
)
from bot.texts import text

HUMAN_INTENT = "talk_to_human"
OUT_OF_SCOPE = "out_of_scope"
MISS_INTENTS = frozenset({"nlu_fallback", OUT_OF_SCOPE})
UPSET_INTENTS = frozenset({"frustrated", "insult"})
YES, NO = "affirm", "deny"
UNCLEAR, REPEAT = "unclear", "repeat"  # orders of the dialogue, see docs/architecture.md
MISSES_BEFORE_HANDOFF = 2  # of a bot that asks back in its own words
UPSETS_BEFORE_HANDOFF = 2
REPEATS_BEFORE_OFFER = 2
# Which number a bare one is, and the topics that ask for one.
BARE_NUMBERS = {"care_give_order_number": "order_number", "it_give_ticket_number": "ticket_number"}
ASKS_FOR_NUMBER = frozenset(
    {
        *("care_order_status", "care_change_address", "care_return_item"),
        *("care_refund_status", "care_warranty_claim", "it_ticket_status"),
    }
)
# After these the customer is to tell a person at once, and "yes" means that.
EMERGENCIES = frozenset(
    {
        *("utter_care_danger", "utter_care_scam"),
        *("utter_it_phishing_clicked", "utter_it_malware"),
        *("utter_it_data_sent_wrong", "utter_it_lost_device"),
    }
)
AGREES_OR_IS_LOST = frozenset({YES, "dont_know", "not_solved"})
# Words that lead nowhere when they come twice; a second "you are welcome" does no harm.
LEADS_NOWHERE_TWICE = frozenset({"correction", "dont_know", "not_solved"})


def decide(
    answer: TurnAnswer,
    standing: Standing,
    *,
    language: str,
    said_before: tuple[BotReply, ...] = (),
    just_said: bool = False,
    answered_before: str | None = None,
) -> Decision:
    """The counters live here and not in the model, so no dialogue can loop.

    Inside a form a value that is not good is the form's business: it counts its own tries. What
    the form did not take at all is marked as unclear, there as anywhere, and is ours.
    `said_before`: the bot's words of its last turn, when the answer orders to repeat them.
    `just_said`: the customer typed something else, and would get the last answer once more.
    `answered_before`: the response that answered the message before this one, if any did.
    """
    if answer.handoff is not None:
        return Decision(answer.replies, Handoff(answer.handoff.reason, answer.handoff.details))
    if answer.intent.name == HUMAN_INTENT:
        return Decision(handoff=Handoff("asked_for_human"))
    if answered_before in EMERGENCIES and _agrees_or_is_lost(answer):
        return Decision(handoff=Handoff("asked_for_human"))
    if answer.intent.name in UPSET_INTENTS:
        return _soothe(answer, standing)
    if _is_miss(answer, standing):
        return _miss(answer, standing, language)
    if answer.orders(REPEAT):
        return _say_again(answer, standing, language, said_before)
    guess = _accepted_guess(answer, standing)
    if guess is not None:
        return Decision(ask_instead=guess, standing=standing.after_answer())
    if just_said and may_lead_nowhere(answer):
        return lead_on(standing, language, rephrase=only_the_same(answer, language))
    return Decision(answer.replies, None, standing.after_answer())


def _agrees_or_is_lost(answer: TurnAnswer) -> bool:
    """In an emergency nobody is asked back: not understood is reason enough for a person."""
    lost = answer.orders(UNCLEAR) or answer.intent.name in MISS_INTENTS | AGREES_OR_IS_LOST
    return lost and not answer.is_in_form


def may_lead_nowhere(answer: TurnAnswer) -> bool:
    """Whether it is no use to hear this answer twice in a row."""
    worth = answer.answered is not None or answer.intent.name in LEADS_NOWHERE_TWICE
    return worth and not answer.is_in_form and answer.handoff is None


def only_the_same(answer: TurnAnswer, language: str) -> BotReply:
    """Instead of the same words again."""
    words = text("repeat.stuck" if answer.answered is None else "repeat.same", language)
    return BotReply(words, (buttons.talk_to_a_person(language),))


def _soothe(answer: TurnAnswer, standing: Standing) -> Decision:
    """The dialogue offers a person the first time; nobody has to ask twice."""
    upset = replace(standing, upsets=standing.upsets + 1, offered=None, repeats=0)
    if upset.upsets >= UPSETS_BEFORE_HANDOFF:
        return to_human(upset)
    return Decision(answer.replies, None, upset)


def _is_miss(answer: TurnAnswer, standing: Standing) -> bool:
    """Not understood, out of scope, or "no" and "what?" to a question that asked back."""
    if answer.orders(UNCLEAR):
        return True
    if answer.is_in_form:
        return False
    if answer.intent.name in MISS_INTENTS:
        return True
    if standing.last_fallback is None:
        return False
    rejects = answer.intent.name == NO and standing.last_fallback == DID_YOU_MEAN
    return rejects or answer.orders(REPEAT)


def _miss(answer: TurnAnswer, standing: Standing, language: str) -> Decision:
    if answer.orders(UNCLEAR):
        guesses = topics(answer.ranking, language, at_least=GUESS_AT_LEAST, most=MOST_GUESSES)
        unclear = next(reply for reply in answer.replies if reply.orders(UNCLEAR))
        led = lead_on(standing, language, guesses=guesses, rephrase=unclear)
        others = tuple(reply for reply in answer.replies if not reply.orders(UNCLEAR))
        if led.handoff:
            return led
        led = replace(led, replies=(*led.replies, *others))
        if not answer.is_in_form:
            return led
        # A form's own question comes last: it is what the customer is to go on with, and what
        # "yes" or a number answers.
        return replace(led, standing=replace(led.standing, offered=None))
    if answer.intent.name not in MISS_INTENTS:
        return lead_on(standing, language)
    rung = OTHER if answer.intent.name == OUT_OF_SCOPE else REPHRASE
    missed = replace(
        standing, misses=standing.misses + 1, last_fallback=rung, offered=None, repeats=0
    )
    if missed.misses >= MISSES_BEFORE_HANDOFF or missed.upsets:
        return to_human(missed)
    return Decision(answer.replies, None, missed)


def _accepted_guess(answer: TurnAnswer, standing: Standing) -> str | None:
    """The offered topic as a payload, when "yes" or a bare number answers "Did you mean …?".

    A bare number starts a form of its own where nothing was asked; here it belongs to the guess.
    """
    if standing.last_fallback != DID_YOU_MEAN or standing.offered is None or answer.is_in_form:
        return None
    kind = BARE_NUMBERS.get(answer.intent.name)
    if kind is not None and standing.offered in ASKS_FOR_NUMBER:
        given = [entity["value"] for entity in answer.entities if entity.get("entity") == kind]
        return f"/{standing.offered}{json.dumps({kind: given[0]})}" if given else None
    return f"/{standing.offered}" if answer.intent.name == YES else None


def _say_again(
    answer: TurnAnswer, standing: Standing, language: str, said_before: tuple[BotReply, ...]
) -> Decision:
    """The last words once more, without what a form asks again of its own accord."""
    fresh = tuple(reply for reply in answer.replies if not reply.orders(REPEAT))
    asked_anyway = {reply.text for reply in fresh}
    again = tuple(reply for reply in said_before if reply.text not in asked_anyway)
    if standing.last_fallback is not None and fresh:
        again = ()  # in a form, after an apology: its question is what matters
    if not again and not fresh:
        again = (BotReply(text("repeat.nothing_said", language)),)
    repeats = standing.repeats + 1
    offer = BotReply(text("repeat.offer", language), (buttons.talk_to_a_person(language),))
    replies = tuple(reply for reply in (*again, *fresh) if reply.text != offer.text)
    if repeats >= REPEATS_BEFORE_OFFER:
        replies = (*replies, offer)
    return Decision(replies, None, replace(standing, repeats=repeats))


def something_else(standing: Standing, language: str) -> Decision:
    """The customer pressed it under "Did you mean …?": none of the guesses was right."""
    return lead_on(standing, language)
