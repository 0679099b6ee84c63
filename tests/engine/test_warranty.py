"""A complaint about something that broke: by order, or bought in a shop."""

import pytest

from tests.dialogue import Dialogue, buttons, texts

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

EN = "I want to make a warranty claim"
PL = "chcę zgłosić reklamację z gwarancji"
PROBLEM = "It switches itself off after ten minutes and then stops reacting"


def last(answer: dict[str, object]) -> str:
    return texts(answer)[-1]


def test_complaint_about_an_order(customer: Dialogue) -> None:
    assert "order number" in last(customer.say(EN))
    assert "What happens" in last(customer.say("10455"))
    assert "Since when?" in last(customer.say(PROBLEM))
    said = last(customer.say("for two weeks"))
    for part in ("10455", "Kindle Paperwhite 16 GB", PROBLEM, "for two weeks"):
        assert part in said
    assert "reference REK-" in last(customer.say("yes"))


def test_bought_in_a_shop_in_polish(klient: Dialogue) -> None:
    answer = klient.press(buttons(klient.say(PL))["Zakup w sklepie"])
    assert last(answer) == "Jaki to produkt?"
    klient.say("czajnik Philips")
    klient.say("nie grzeje wody, tylko świeci lampka")
    skipped, summary = texts(klient.say("nie wiem"))
    assert "pomijamy" in skipped
    assert "zakup: w sklepie stacjonarnym" in summary
    assert "od kiedy" not in summary
    answer = klient.say("tak")
    assert "numer REK-" in last(answer)
    assert "do dowolnego naszego sklepu" in last(answer)


def test_shop_can_be_said_in_words(customer: Dialogue) -> None:
    customer.say(EN)
    assert "Which product" in last(customer.say("I bought it in your shop in Warsaw"))


def test_product_of_several(customer: Dialogue) -> None:
    answer = customer.say(f"{EN} for order 10447")
    assert list(buttons(answer)) == ["Philips 5500 LatteGo", "JBL Flip 6"]
    assert "cannot tell which product" in texts(customer.say("the lamp"))[0]
    answer = customer.say("the JBL")
    assert answer["slots"]["warranty_product"] == "JBL Flip 6"


@pytest.mark.parametrize(
    ("number", "said"), [("10112", "more than 2 years ago"), ("10503", "not been delivered yet")]
)
def test_order_without_warranty(customer: Dialogue, number: str, said: str) -> None:
    answer = customer.say(f"{EN} for order {number}")
    assert said in last(answer)
    assert "/talk_to_human" in buttons(answer).values()
    assert answer["slots"]["requested_slot"] is None


def test_description_is_what_was_written_but_controls_are_not(klient: Dialogue) -> None:
    klient.say(f"{PL}, zamówienie 10455")
    asked = "Co się dzieje"
    assert "za mało" in texts(klient.say("aa"))[0]
    assert asked in last(klient.say("czy jesteś botem?"))
    assert asked in last(klient.say("ile kosztuje dostawa?"))
    assert klient.say("chcę rozmawiać z człowiekiem")["handoff"]["reason"] == "asked_for_human"


def test_danger_comes_first(customer: Dialogue) -> None:
    customer.say(f"{EN} for order 10455")
    answer = customer.say("the battery is swollen and there is smoke coming out of it")
    assert answer["intent"]["name"] == "care_danger"
    assert answer["slots"]["warranty_problem"] is None
    assert "/talk_to_human" in buttons(answer).values()


def test_description_is_corrected_at_the_summary(customer: Dialogue) -> None:
    customer.say(f"{EN} for order 10455")
    customer.say(PROBLEM)
    customer.say("since Monday")
    answer = customer.press(buttons(customer.say("no"))["what is wrong"])
    assert "What happens" in last(answer)
    assert "It does not charge at all" in last(customer.say("It does not charge at all"))


def test_order_is_corrected_on_the_way(customer: Dialogue) -> None:
    customer.say(f"{EN} for order 10455")
    changed, asked = texts(customer.say("no, I meant 10440"))
    assert "order number: 10440" in changed
    assert "Which product" in asked


def test_cancel(klient: Dialogue) -> None:
    klient.say(PL)
    assert "zostawmy to" in last(klient.say("nieważne, zostawmy to"))
