"""A return in the chat: registered after a yes, or the reason why not and what still helps."""

import os
import signal

import pytest

from tests.dialogue import Dialogue, buttons, texts
from tests.processes import Running

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

ASKS_ORDER = "Which order is the return from?"
ASKS_REASON = "What is the reason?"
ASKS_CONDITION = "Has it been opened?"
SUMMARY = "I would register this return"


def last(answer: dict[str, object]) -> str:
    return texts(answer)[-1]


def at_summary(customer: Dialogue) -> dict[str, object]:
    customer.say("I want to return order 10440")
    customer.say("the Anker charger")
    customer.say("changed my mind")
    return customer.say("unopened")


def test_everything_in_the_first_message_is_used(customer: Dialogue) -> None:
    answer = customer.say("I want to return order 10455, it is broken")
    assert last(answer) == ASKS_CONDITION
    answer = customer.press(buttons(answer)["Opened"])
    said = last(answer)
    for part in (SUMMARY, "10455", "Kindle Paperwhite 16 GB", "it is faulty", "condition: opened"):
        assert part in said
    assert list(buttons(answer)) == ["Yes", "Change something", "Stop here"]
    answer = customer.press(buttons(answer)["Yes"])
    assert "reference RET-" in last(answer)
    assert {name: value for name, value in answer["slots"].items() if value is not None} == {
        "language": "en",
        "desk": "customer-care",
    }
    assert "nothing is left to return" in texts(customer.say("return order 10455"))[0]


def test_the_whole_way_in_polish(klient: Dialogue) -> None:
    assert "Z którego zamówienia" in last(klient.say("chcę zwrócić produkt"))
    answer = klient.say("10447")
    assert list(buttons(answer)) == ["Philips 5500 LatteGo", "JBL Flip 6"]
    assert "Jaki jest powód?" in last(klient.say("obydwa"))
    skipped, asked = texts(klient.say("nie wiem"))
    assert "pomijamy" in skipped
    assert asked == "Czy produkt był otwierany?"
    said = last(klient.say("nieotwarte"))
    assert "Philips 5500 LatteGo; JBL Flip 6" in said
    assert "powód" not in said
    assert "numer RET-" in last(klient.say("tak"))


@pytest.mark.parametrize(
    ("item", "meant"),
    [("the charger", "Anker 65 W charger"), ("2", "Anker"), ("airpods", "AirPods Pro 2")],
)
def test_item_is_found_by_a_part_of_its_name(customer: Dialogue, item: str, meant: str) -> None:
    customer.say("I want to return order 10440")
    answer = customer.say(item)
    assert ASKS_REASON in last(answer)
    assert meant in answer["slots"]["return_item"]


def test_unclear_item_is_asked_again(customer: Dialogue) -> None:
    customer.say("I want to return order 10440")
    answer = customer.say("the toaster")
    assert "cannot tell which item" in texts(answer)[0]
    assert "Anker 65 W charger" in buttons(answer)


def test_wrong_numbers_are_named_and_then_a_way_out_is_offered(klient: Dialogue) -> None:
    klient.say("chcę zwrócić produkt")
    assert "dokładnie 5 cyfr" in texts(klient.say("1048"))[0]
    answer = klient.say("99999")
    assert "Nie widzę zamówienia o numerze 99999" in texts(answer)[0]
    assert set(buttons(answer)) == {"Zostawmy to", "Porozmawiaj z człowiekiem"}
    assert klient.press("/talk_to_human")["handoff"]["reason"] == "asked_for_human"


@pytest.mark.parametrize(
    ("number", "said", "offered"),
    [
        ("10398", "it could be returned for 14 days", "It is faulty"),
        ("10482", "has not been delivered yet", "Where is my order?"),
        ("10467", "nothing is left to return", "Where is my money?"),
        ("10490", "it is cancelled", "Where is my money?"),
    ],
)
def test_order_that_cannot_go_back(
    customer: Dialogue, number: str, said: str, offered: str
) -> None:
    answer = customer.say(f"I want to return order {number}")
    assert said in last(answer)
    assert offered in buttons(answer)
    assert answer["slots"]["requested_slot"] is None
    assert answer["slots"]["order_number"] is None


def test_lost_parcel_goes_to_a_person(klient: Dialogue) -> None:
    answer = klient.say("chcę zwrócić zamówienie 10499")
    assert "mogła zaginąć" in last(answer)
    assert answer["handoff"]["details"]["order"] == "10499"


def test_too_late_but_faulty_leads_to_a_complaint(customer: Dialogue) -> None:
    answer = customer.press(buttons(customer.say("return order 10398"))["It is faulty"])
    assert answer["slots"]["order_number"] == "10398"
    assert answer["slots"]["requested_slot"] == "warranty_problem"


def test_unsealed_earphones_stay(customer: Dialogue) -> None:
    customer.say("I want to return order 10440")
    customer.say("the AirPods")
    customer.say("I changed my mind")
    answer = customer.say("opened")
    assert "By law" in last(answer)
    assert answer["slots"]["requested_slot"] is None


def test_number_is_corrected_in_the_middle(customer: Dialogue) -> None:
    customer.say("I want to return order 10440")
    answer = customer.say("no, I meant 10398")
    assert "Order 10398 was delivered on" in last(answer)
    assert answer["slots"]["requested_slot"] is None


def test_detail_is_changed_at_the_summary_by_button(customer: Dialogue) -> None:
    answer = customer.press(buttons(at_summary(customer))["Change something"])
    assert list(buttons(answer)) == ["order number", "item", "reason", "condition"]
    answer = customer.press(buttons(answer)["condition"])
    assert last(answer) == ASKS_CONDITION
    assert "condition: opened" in last(customer.say("opened"))


def test_detail_is_changed_at_the_summary_in_words(klient: Dialogue) -> None:
    klient.say("chcę zwrócić zamówienie 10440")
    klient.say("ładowarka Anker")
    klient.say("rozmyśliłem się")
    klient.say("nieotwarte")
    assert "Jaki jest powód?" in last(klient.say("nie, powód jest inny"))
    assert "jest wadliwe" in last(klient.say("jest zepsute"))
    assert list(buttons(klient.say("nie"))) == ["numer zamówienia", "produkt", "powód", "stan"]


def test_question_in_between_is_answered_and_the_form_goes_on(customer: Dialogue) -> None:
    customer.say("I want to return order 10440")
    answered, asked = texts(customer.say("how much does delivery cost?"))
    assert "9.99 zł" in answered
    assert "Which item" in asked
    assert ASKS_REASON in last(customer.say("the charger"))
    answered, asked = texts(customer.say("are you a bot?"))
    assert "I am a bot" in answered
    assert ASKS_REASON in asked


def test_question_at_the_summary_is_answered_and_nothing_is_sent(customer: Dialogue) -> None:
    at_summary(customer)
    answered, summary = texts(customer.say("how much does delivery cost?"))
    assert "9.99 zł" in answered
    assert SUMMARY in summary


@pytest.mark.parametrize("said", [0, 1, 2, 3])
def test_a_person_can_be_had_at_any_point(customer: Dialogue, said: int) -> None:
    told = ["return order 10440", "the charger", "changed my mind", "unopened"]
    for text in told[: said + 1]:
        customer.say(text)
    answer = customer.say("I want to talk to a human")
    assert answer["handoff"]["reason"] == "asked_for_human"
    # The agent sees what was collected; the next turn does not.
    assert answer["slots"]["order_number"] == "10440"
    assert customer.say("thank you")["slots"]["order_number"] is None


def test_next_return_starts_clean(customer: Dialogue) -> None:
    at_summary(customer)
    customer.say("never mind, stop this")
    assert ASKS_ORDER in last(customer.say("I want to return something"))


def test_not_knowing_the_number_says_where_it_is(customer: Dialogue) -> None:
    customer.say("I want to return something")
    where, asked = texts(customer.say("I don't know"))
    assert "top of the confirmation e-mail" in where
    assert ASKS_ORDER in asked
    assert "/talk_to_human" in buttons(customer.say("I don't have it")).values()


def test_shop_that_does_not_answer_is_said_with_a_way_on(
    customer: Dialogue, orders: Running
) -> None:
    os.kill(orders.process.pid, signal.SIGSTOP)
    try:
        answer = customer.say("I want to return order 10440")
    finally:
        os.kill(orders.process.pid, signal.SIGCONT)
    assert "our system does not answer" in last(answer)
    assert answer["slots"]["requested_slot"] is None
    assert "Which item" in last(customer.press(buttons(answer)["Try again"]))
