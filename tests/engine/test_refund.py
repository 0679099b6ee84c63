"""Where the money is: every state has its words, and late money goes to a person."""

import os
import signal

import pytest

from tests.dialogue import Dialogue, buttons, texts
from tests.processes import Running

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("number", "en", "pl"),
    [
        ("10467", "being checked. We will pay back 459 zł", "są sprawdzane. Oddamy 459 zł"),
        ("10490", "We sent back 1,899 zł", "Zwrot 1899 zł za zamówienie 10490 został wysłany"),
        ("10503", "no return and no cancellation", "nie ma zwrotu ani anulowania"),
    ],
)
def test_state_of_the_refund(
    customer: Dialogue, klient: Dialogue, number: str, en: str, pl: str
) -> None:
    assert en in texts(customer.say(f"where is my refund for order {number}"))[0]
    klient.say("gdzie są moje pieniądze za zwrot")
    assert pl in texts(klient.say(number))[0]


def test_bank_needs_its_time(customer: Dialogue) -> None:
    assert "2-5 days" in texts(customer.say("where is my refund for order 10490"))[1]


def test_late_money_goes_to_a_person(klient: Dialogue) -> None:
    klient.say("gdzie są moje pieniądze za zwrot")
    answer = klient.say("10431")
    assert "Bardzo przepraszamy" in texts(answer)[0]
    assert answer["handoff"]["details"]["why"] == "refund_overdue"
    assert answer["handoff"]["details"]["amount"] == "2749.00"


def test_unknown_number_is_asked_again(customer: Dialogue) -> None:
    customer.say("where is my refund")
    unknown, asked = texts(customer.say("99999"))
    assert "cannot find an order with the number 99999" in unknown
    assert "Which order is the money from?" in asked
    answer = customer.say("no idea")
    assert "top of the confirmation e-mail" in texts(answer)[0]


def test_question_in_between(klient: Dialogue) -> None:
    klient.say("gdzie są moje pieniądze za zwrot")
    answered, asked = texts(klient.say("czy jesteś botem?"))
    assert "Jestem botem" in answered
    assert "Za które zamówienie" in asked


def test_no_refund_offers_a_return(customer: Dialogue) -> None:
    answer = customer.say("where is my refund for order 10447")
    if "Return an item" in buttons(answer):
        answer = customer.press(buttons(answer)["Return an item"])
        assert answer["slots"]["order_number"] == "10447"


def test_shop_that_does_not_answer(customer: Dialogue, orders: Running) -> None:
    os.kill(orders.process.pid, signal.SIGSTOP)
    try:
        answer = customer.say("where is my refund for order 10467")
    finally:
        os.kill(orders.process.pid, signal.SIGCONT)
    assert "our system does not answer" in texts(answer)[0]
    assert "459 zł" in texts(customer.press(buttons(answer)["Try again"]))[0]
