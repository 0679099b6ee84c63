"""What to do with an answer: say it, count a miss, or call a human."""

from bot.routing.policy import decide
from tests.desk import answer


def test_an_answer_is_said_and_forgets_earlier_misses() -> None:
    decision = decide(answer("Two days."), misses=1)
    assert [reply.text for reply in decision.replies] == ["Two days."]
    assert decision.handoff is None
    assert decision.misses == 0


def test_the_first_miss_lets_the_bot_ask_again() -> None:
    decision = decide(answer("Could you rephrase?", intent="nlu_fallback"), misses=0)
    assert [reply.text for reply in decision.replies] == ["Could you rephrase?"]
    assert decision.misses == 1


def test_the_second_miss_in_a_row_hands_over_without_another_excuse() -> None:
    decision = decide(answer("Could you rephrase?", intent="out_of_scope"), misses=1)
    assert decision.replies == ()
    assert decision.handoff is not None
    assert decision.handoff.reason == "two_misses"


def test_inside_a_form_an_unclear_answer_is_the_forms_business() -> None:
    slots = {"requested_slot": "order_number"}
    decision = decide(answer("Five digits, please.", intent="nlu_fallback", slots=slots), misses=1)
    assert decision.handoff is None
    assert decision.misses == 0


def test_whoever_asks_for_a_human_gets_one_whatever_the_dialogue_says() -> None:
    decision = decide(answer("How can I help?", intent="talk_to_human"), misses=0)
    assert decision.replies == ()
    assert decision.handoff is not None
    assert decision.handoff.reason == "asked_for_human"


def test_an_action_hands_over_with_what_it_found_and_after_what_it_said() -> None:
    handoff = {"reason": "action", "details": {"order": "10499"}}
    decision = decide(answer("Your parcel is lost.", handoff=handoff), misses=0)
    assert [reply.text for reply in decision.replies] == ["Your parcel is lost."]
    assert decision.handoff is not None
    assert decision.handoff.details == {"order": "10499"}
