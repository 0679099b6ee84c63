"""What to do with an answer: say it, ask back, or call a human."""

from typing import Any

import pytest

from bot.dialogue.turn import BotReply, TurnAnswer
from bot.routing.buttons import HUMAN, SOMETHING_ELSE
from bot.routing.ladder import DID_YOU_MEAN, REPHRASE, Decision, Standing
from bot.routing.policy import decide, something_else
from tests.desk import answer, unclear

FORM = {"requested_slot": "order_number"}
GUESSES = {"care_delivery_time": 0.3, "care_delivery_cost": 0.25, "care_invoice": 0.05}


def after(
    given: TurnAnswer, standing: Standing | None = None, *, language: str = "en", **fields: Any
) -> Decision:
    return decide(given, standing or Standing(), language=language, **fields)


def said(decision: Decision) -> list[str]:
    return [reply.text for reply in decision.replies]


def reason(decision: Decision) -> str | None:
    return decision.handoff.reason if decision.handoff else None


def test_an_answer_is_said_and_forgets_earlier_misses() -> None:
    before = Standing(misses=1, last_fallback=REPHRASE, upsets=1, repeats=1)
    decision = after(answer("Two days."), before)
    assert said(decision) == ["Two days."]
    assert decision.handoff is None
    assert decision.standing == Standing(upsets=1)


def test_the_same_answer_twice_in_a_row_leads_on_to_a_human() -> None:
    given = answer("Two days.", answered="utter_care_delivery_time")
    once_more = after(given, just_said=True)
    assert said(once_more)[0].startswith("All that I know about this")
    assert [button.payload for button in once_more.replies[0].buttons] == [HUMAN]
    assert reason(after(given, once_more.standing, just_said=True)) == "two_misses"
    assert said(after(given, once_more.standing)) == ["Two days."]
    lost = answer("No problem. What is it?", intent="dont_know")
    assert said(after(lost, just_said=True))[0].startswith("Let us try it another way")


@pytest.mark.parametrize("intent", ["greet", "thank", "theirs"])
def test_a_second_welcome_does_no_harm(intent: str) -> None:
    assert said(after(answer("You are welcome!", intent=intent), just_said=True)) == [
        "You are welcome!"
    ]


@pytest.mark.parametrize(
    "given",
    [
        answer("What would you like?", intent="affirm"),
        answer("No problem. What is it?", intent="dont_know"),
        answer("Not my field.", intent="out_of_scope"),
        unclear("Sorry?", {"care_invoice": 0.4}),
    ],
)
def test_after_an_emergency_nobody_is_asked_back(given: TurnAnswer) -> None:
    assert reason(after(given, answered_before="utter_it_lost_device")) == "asked_for_human"
    assert after(given, answered_before="utter_it_vpn").handoff is None


def test_after_an_emergency_a_new_question_is_answered_and_a_form_goes_on() -> None:
    emergency = "utter_care_danger"
    assert said(after(answer("Two days."), answered_before=emergency)) == ["Two days."]
    in_form = answer("And the city?", intent="affirm", slots=FORM)
    assert said(after(in_form, answered_before=emergency)) == ["And the city?"]


def test_a_bot_with_words_of_its_own_may_use_them_once() -> None:
    decision = after(answer("Could you rephrase?", intent="nlu_fallback"))
    assert said(decision) == ["Could you rephrase?"]
    assert decision.standing.misses == 1


@pytest.mark.parametrize("intent", ["nlu_fallback", "out_of_scope"])
def test_its_second_miss_in_a_row_hands_over_without_another_excuse(intent: str) -> None:
    decision = after(answer("Could you rephrase?", intent=intent), Standing(misses=1))
    assert (said(decision), reason(decision)) == ([], "two_misses")


def test_inside_a_form_an_unclear_answer_is_the_forms_business() -> None:
    given = answer("Five digits, please.", intent="nlu_fallback", slots=FORM)
    decision = after(given, Standing(misses=1))
    assert (said(decision), reason(decision)) == (["Five digits, please."], None)
    assert decision.standing.misses == 0


def test_what_a_form_did_not_take_leads_on_and_the_form_asks_again() -> None:
    given = unclear("Sorry?", GUESSES, then="Step 1.", slots=FORM)
    first = after(given)
    assert said(first)[0].startswith("I am not quite sure. Did you mean “Delivery time”")
    assert said(first)[1:] == ["Step 1."]
    second = after(given, first.standing)
    assert said(second) == ["Sorry?", "Step 1."]
    assert reason(after(given, second.standing)) == "two_misses"


def test_yes_and_no_in_a_form_are_the_forms_even_after_a_guess() -> None:
    asked = after(unclear("Sorry?", GUESSES, then="Step 1.", slots=FORM)).standing
    for intent in ("affirm", "deny"):
        decision = after(answer("Step 2.", intent=intent, slots=FORM), asked)
        assert (said(decision), decision.ask_instead) == (["Step 2."], None)


def test_in_a_form_an_apology_is_not_said_again() -> None:
    asked = after(unclear("Sorry?", then="Step 1.", slots=FORM))
    given = repeat({"text": "Step 1."}, slots=FORM)
    assert said(after(given, asked.standing, said_before=asked.replies)) == ["Step 1."]


def test_whoever_asks_for_a_human_gets_one_whatever_the_dialogue_says() -> None:
    decision = after(answer("How can I help?", intent="talk_to_human"))
    assert (said(decision), reason(decision)) == ([], "asked_for_human")


def test_an_action_hands_over_with_what_it_found_and_after_what_it_said() -> None:
    handoff = {"reason": "action", "details": {"order": "10499"}}
    decision = after(answer("Your parcel is lost.", handoff=handoff))
    assert said(decision) == ["Your parcel is lost."]
    assert decision.handoff is not None
    assert decision.handoff.details == {"order": "10499"}


def test_an_unclear_message_with_guesses_is_asked_back_with_buttons() -> None:
    decision = after(unclear("Sorry?", GUESSES))
    (reply,) = decision.replies
    assert reply.text == (
        "I am not quite sure. Did you mean “Delivery time” or “Delivery cost”, or something else?"
    )
    assert [(button.title, button.payload) for button in reply.buttons] == [
        ("Delivery time", "/care_delivery_time"),
        ("Delivery cost", "/care_delivery_cost"),
        ("Something else", SOMETHING_ELSE),
    ]
    assert decision.standing == Standing(1, DID_YOU_MEAN, "care_delivery_time")


def test_the_question_back_speaks_the_customers_language() -> None:
    (reply,) = after(unclear("Nie rozumiem.", {"it_vpn": 0.4}), language="pl").replies
    assert reply.text == "Nie mam pewności. Czy chodzi o: „VPN nie działa”, czy o coś innego?"
    assert [button.title for button in reply.buttons] == ["VPN nie działa", "Coś innego"]


def test_guesses_are_topics_and_never_more_than_three() -> None:
    ranking = {"greet": 0.9, "nlu_fallback": 0.8, "care_give_order_number": 0.7, "theirs": 0.6}
    assert said(after(unclear("Sorry?", ranking))) == ["Sorry?"]
    many = {f"care_{name}": 0.2 for name in ("invoice", "job", "scam", "callback", "newsletter")}
    (reply,) = after(unclear("Sorry?", ranking | many)).replies
    assert len(reply.buttons) == 4


def test_without_guesses_the_dialogue_asks_to_rephrase_in_its_own_words() -> None:
    decision = after(unclear("Sorry?", {"care_invoice": 0.11}))
    assert said(decision) == ["Sorry?"]
    assert decision.standing == Standing(1, REPHRASE)


def test_after_a_guess_comes_one_request_to_rephrase_and_then_a_human() -> None:
    first = after(unclear("Sorry?", GUESSES))
    second = after(unclear("Sorry?", GUESSES), first.standing)
    assert said(second) == ["Sorry?"]
    third = after(unclear("Sorry?", GUESSES), second.standing)
    assert (said(third), reason(third)) == ([], "two_misses")


def test_two_requests_to_rephrase_are_never_made_in_a_row() -> None:
    first = after(unclear("Sorry?"))
    assert reason(after(unclear("Sorry?"), first.standing)) == "two_misses"
    guessed = after(unclear("Sorry?", GUESSES), first.standing)
    assert guessed.standing.last_fallback == DID_YOU_MEAN


def test_something_else_leads_on_and_never_round() -> None:
    first = after(unclear("Sorry?", GUESSES))
    second = something_else(first.standing, "en")
    assert said(second) == [
        "All right. Please say it in other words, for example: what happened, and to what?"
    ]
    assert [button.payload for button in second.replies[0].buttons] == [HUMAN]
    assert reason(something_else(second.standing, "en")) == "two_misses"


def test_yes_takes_the_best_guess_and_no_none() -> None:
    asked = after(unclear("Sorry?", GUESSES)).standing
    yes = after(answer("What would you like?", intent="affirm"), asked)
    assert (yes.ask_instead, yes.replies) == ("/care_delivery_time", ())
    no = after(answer("What would you like?", intent="deny"), asked)
    assert no.standing.last_fallback == REPHRASE
    assert said(after(answer("All right.", intent="affirm"))) == ["All right."]


NUMBER = "care_give_order_number"
FOUND = [{"entity": "order_number", "value": "10503"}]


def test_a_bare_number_after_a_guess_belongs_to_the_guess() -> None:
    asked = after(unclear("Sorry?", {"care_change_address": 0.4})).standing
    given = answer("Order 10503 is on its way.", intent=NUMBER, entities=FOUND)
    assert after(given, asked).ask_instead == '/care_change_address{"order_number": "10503"}'
    assert said(after(given)) == ["Order 10503 is on its way."]
    assert after(answer("What number?", intent=NUMBER), asked).ask_instead is None
    no_number_needed = after(unclear("Sorry?", GUESSES)).standing
    assert said(after(given, no_number_needed)) == ["Order 10503 is on its way."]


def test_a_number_that_a_form_asked_for_stays_the_forms() -> None:
    guess = {"care_change_address": 0.4}
    asked = after(unclear("Sorry?", guess, then="What is the number?", slots=FORM)).standing
    given = answer("Order 10503 is on its way.", intent=NUMBER, entities=FOUND)
    assert said(after(given, asked)) == ["Order 10503 is on its way."]


def test_an_upset_customer_is_offered_a_person_and_then_given_one() -> None:
    first = after(answer("Sorry for the trouble.", intent="frustrated"))
    assert (said(first), reason(first)) == (["Sorry for the trouble."], None)
    between = after(answer("Two days."), first.standing)
    second = after(answer("Something went wrong.", intent="insult"), between.standing)
    assert (said(second), reason(second)) == ([], "frustrated")


@pytest.mark.parametrize(
    "miss",
    [unclear("Sorry?", GUESSES), answer("Sorry?", intent="out_of_scope"), unclear("Sorry?")],
)
def test_after_being_upset_one_miss_is_enough(miss: TurnAnswer) -> None:
    assert reason(after(miss, Standing(upsets=1))) == "frustrated"


ORDER = {"custom": {"repeat": True}}
SAID = (BotReply("Two days."),)


def repeat(*more: dict[str, Any], **fields: Any) -> TurnAnswer:
    return answer(intent="repeat", replies=[ORDER, *more], **fields)


def test_the_last_words_are_said_again() -> None:
    decision = after(repeat(), said_before=SAID)
    assert decision.replies == SAID
    assert decision.standing.repeats == 1


def test_a_question_that_a_form_asks_again_is_not_doubled() -> None:
    before = (BotReply("That is no number."), BotReply("What is the number?"))
    given = repeat({"text": "What is the number?"}, slots=FORM)
    assert said(after(given, said_before=before)) == ["That is no number.", "What is the number?"]


def test_who_has_said_nothing_yet_says_hello() -> None:
    assert said(after(repeat())) == [
        "I have not said anything yet. Hello! What can I help you with?"
    ]


def test_a_second_repetition_in_a_row_offers_a_person() -> None:
    offer = "If it is still not clear, a colleague can explain it."
    second = after(repeat(), Standing(repeats=1), said_before=SAID)
    assert said(second) == ["Two days.", offer]
    third = after(repeat(), second.standing, said_before=second.replies)
    assert said(third) == ["Two days.", offer]


def test_an_apology_is_not_repeated_but_leads_on() -> None:
    asked = after(unclear("Sorry?"))
    assert reason(after(repeat(), asked.standing, said_before=asked.replies)) == "two_misses"
