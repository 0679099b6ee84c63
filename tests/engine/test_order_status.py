"""The order form: good, bad and unknown numbers, and ways out of it, in both languages."""

import os
import signal

import pytest

from tests.dialogue import Dialogue, texts
from tests.processes import Running

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

ASKED = "What is your order number?"
ASKED_PL = "Jaki jest numer zamówienia?"


def test_asks_for_the_number_and_looks_it_up(customer: Dialogue) -> None:
    assert ASKED in texts(customer.say("where is my order"))[0]
    answer = customer.say("it's #10482, thanks")
    assert "Sony WH-1000XM5, USB-C cable 2 m" in texts(answer)[0]
    assert (
        answer["entities"][0] | {"entity": "order_number", "value": "10482"}
        == (answer["entities"][0])
    )
    assert answer["slots"]["order_number"] is None


def test_number_in_the_question_is_used_at_once(klient: Dialogue) -> None:
    said = texts(klient.say("gdzie jest zamówienie nr 10503?"))[0]
    assert "Philips Hue starter kit" in said
    assert "2026" in said or "2027" in said


def test_second_question_asks_again(customer: Dialogue) -> None:
    customer.say("where is order 10482")
    assert ASKED in texts(customer.say("where is my order"))[0]


@pytest.mark.parametrize("attempt", ["1048", "it is 123456", "AB-77", "10 48"])
def test_wrong_number_is_named_and_asked_again(customer: Dialogue, attempt: str) -> None:
    customer.say("where is my order")
    wrong, asked = texts(customer.say(attempt))
    assert "exactly 5 digits" in wrong
    assert ASKED in asked


@pytest.mark.parametrize(
    "attempt", ["10482", " 10482 ", "#10482", "104 82", "nr: 10482.", "10-482 i mean 10482"]
)
def test_number_is_found_however_it_is_typed(customer: Dialogue, attempt: str) -> None:
    customer.say("where is my order")
    assert "10482" in texts(customer.say(attempt))[0]


def test_second_wrong_number_offers_a_way_out(klient: Dialogue) -> None:
    klient.say("gdzie jest moja paczka")
    assert klient.say("123")["replies"][0]["buttons"] == []
    offered = [button["payload"] for button in klient.say("1234")["replies"][1]["buttons"]]
    assert offered == ["/cancel", "/talk_to_human"]
    answer = klient.press("/talk_to_human")
    assert answer["handoff"]["reason"] == "asked_for_human"
    assert answer["slots"]["requested_slot"] is None


def test_unknown_order_has_its_own_answer(customer: Dialogue, klient: Dialogue) -> None:
    customer.say("where is my order")
    assert "cannot find an order with the number 99999" in texts(customer.say("99999"))[0]
    assert "Nie widzę zamówienia o numerze 99999" in texts(klient.say("status 99999"))[0]


def test_unreachable_order_service_is_said_and_offers_a_human(
    customer: Dialogue, orders: Running
) -> None:
    os.kill(orders.process.pid, signal.SIGSTOP)
    try:
        (reply,) = customer.say("where is order 10482")["replies"]
    finally:
        os.kill(orders.process.pid, signal.SIGCONT)
    assert "our order system does not answer" in reply["text"]
    again, human = (button["payload"] for button in reply["buttons"])
    assert human == "/talk_to_human"
    assert "Sony" in texts(customer.press(again))[0]


def test_lost_parcel_is_told_and_handed_over(klient: Dialogue) -> None:
    answer = klient.say("gdzie jest zamówienie 10499")
    assert "mogła zaginąć" in texts(answer)[0]
    assert answer["handoff"] == {
        "reason": "action",
        "details": {"why": "order_problem", "order": "10499", "status": "problem"},
    }


def test_unrelated_question_is_answered_and_the_number_asked_again(klient: Dialogue) -> None:
    klient.say("gdzie jest moja paczka")
    answered, asked = texts(klient.say("czy jesteś botem?"))
    assert "Jestem botem" in answered
    assert ASKED_PL in asked


def test_cancel_leaves_the_form(customer: Dialogue) -> None:
    customer.say("where is my order")
    assert "we will leave it there" in texts(customer.say("never mind"))[0]
    answer = customer.say("are you a bot")
    assert len(texts(answer)) == 1
    assert answer["slots"]["requested_slot"] is None


def test_human_leaves_the_form(customer: Dialogue) -> None:
    customer.say("where is my order")
    answer = customer.say("let me talk to a real person")
    assert answer["handoff"]["reason"] == "asked_for_human"
    assert answer["slots"]["requested_slot"] is None


def test_digits_in_another_wish_are_not_a_number(klient: Dialogue) -> None:
    klient.say("gdzie jest moja paczka")
    answer = klient.say("chcę rozmawiać z człowiekiem, mam tylko 3 cyfry")
    assert answer["handoff"]["reason"] == "asked_for_human"


@pytest.mark.parametrize("number", ["10455", "10467", "10471", "10482", "10490", "10503", "10512"])
def test_every_status_has_complete_words(customer: Dialogue, klient: Dialogue, number: str) -> None:
    for dialogue, question in ((customer, "where is order"), (klient, "gdzie jest zamówienie")):
        (said,) = texts(dialogue.say(f"{question} {number}"))
        assert number in said
        assert "{" not in said
        assert " - " not in said


def test_what_an_agent_told_is_not_asked_again(customer: Dialogue) -> None:
    told = {"known": {"order_number": "10482", "colour": "blue"}, "summary": "Paid twice"}
    answer = customer.say("where is my order", facts=told)
    assert "Sony WH-1000XM5" in texts(answer)[0]
    again = customer.say("where is order 10503", facts=told)
    assert "Philips Hue" in texts(again)[0], "what the customer says goes before it"


@pytest.mark.parametrize("known", [None, [], "10482", {"order_number": 7}, {"order_number": "x"}])
def test_what_cannot_be_used_is_asked_for(customer: Dialogue, known: object) -> None:
    assert ASKED in texts(customer.say("where is my order", facts={"known": known}))[0]
