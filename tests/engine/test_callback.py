"""A call back: number, day, hour, topic; sent once, also when the shop fails in between."""

import os
import signal

import pytest

from tests.dialogue import Dialogue, buttons, texts
from tests.processes import Running

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

EN = "please call me back"
PL = "proszę o telefon"


def last(answer: dict[str, object]) -> str:
    return texts(answer)[-1]


def at_summary(customer: Dialogue) -> dict[str, object]:
    customer.say(EN)
    customer.say("600 100 200")
    customer.say("tomorrow at 14:30")
    return customer.say("the invoice for my order")


def test_call_is_planned(customer: Dialogue) -> None:
    said = last(at_summary(customer))
    for part in ("+48 600 100 200", "14:30", "the invoice for my order"):
        assert part in said
    done = last(customer.say("yes"))
    assert "reference TEL-" in done
    assert "we phone +48 600 100 200 on" in done


def test_call_is_planned_by_buttons_in_polish(klient: Dialogue) -> None:
    assert "Pod jaki numer?" in last(klient.say(PL))
    answer = klient.say("+48 600-100-200")
    answer = klient.press(buttons(answer)["Jutro"])
    answer = klient.press(buttons(answer)["13:00"])
    assert "Czego dotyczy" in last(answer)
    answer = klient.say("wybór laptopa do pracy")
    assert "numer TEL-" in last(klient.press(buttons(answer)["Tak"]))


def test_what_cannot_be_is_explained(customer: Dialogue) -> None:
    customer.say(EN)
    assert "9 digits" in texts(customer.say("600 100"))[0]
    answer = customer.say("12345")
    assert "/talk_to_human" in buttons(answer).values()
    customer.say("600100200")
    assert "next 30 days" in texts(customer.say("yesterday"))[0]
    customer.say("tomorrow")
    assert "between 8:00 and 20:00" in texts(customer.say("at 22:15"))[0]
    assert "What is it about?" in last(customer.say("at 3 pm"))


def test_time_is_corrected_at_the_summary(customer: Dialogue) -> None:
    at_summary(customer)
    assert "At what time?" in last(customer.say("no, the time is wrong"))
    assert "time: 15:00" in last(customer.say("15:00"))
    changed, summary = texts(customer.say("no, the phone is 600 300 400"))
    assert "+48 600 300 400" in changed
    assert "+48 600 300 400" in summary


def test_question_in_between_and_not_knowing(klient: Dialogue) -> None:
    klient.say(PL)
    answered, asked = texts(klient.say("ile kosztuje dostawa?"))
    assert "9,99 zł" in answered
    assert "Pod jaki numer?" in asked
    assert "na przykład 600 100 200" in texts(klient.say("nie wiem"))[0]


def test_failed_sending_is_said_and_a_yes_tries_again(customer: Dialogue, orders: Running) -> None:
    at_summary(customer)
    os.kill(orders.process.pid, signal.SIGSTOP)
    try:
        failed, summary = texts(customer.say("yes"))
    finally:
        os.kill(orders.process.pid, signal.SIGCONT)
    assert "could not send this" in failed
    assert "I would plan this call" in summary
    assert "reference TEL-" in last(customer.say("yes"))


def test_turn_that_is_repeated_plans_one_call(customer: Dialogue) -> None:
    at_summary(customer)
    before = customer.state
    first = last(customer.say("yes"))
    customer.state = before
    assert last(customer.say("yes")) == first


def test_number_in_a_casual_sentence_fills_nothing(customer: Dialogue) -> None:
    answer = customer.say("thanks, order 10482 arrived")
    assert answer["slots"]["order_number"] is None


def test_cancel_and_human(customer: Dialogue, klient: Dialogue) -> None:
    at_summary(customer)
    answer = customer.press("/cancel")
    assert "leave it there" in last(answer)
    assert customer.say("hello")["slots"]["callback_phone"] is None
    klient.say(PL)
    assert klient.say("wolę porozmawiać z człowiekiem")["handoff"]["reason"] == "asked_for_human"


def test_state_of_a_long_form_stays_small(customer: Dialogue) -> None:
    at_summary(customer)
    assert customer.state_bytes() < 8_000
