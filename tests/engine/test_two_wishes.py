"""Two wishes in one message: the first now, the second offered, in both languages and desks."""

import pytest

from tests.dialogue import Dialogue, Json, buttons, texts

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

OFFER = {"en": "Shall I go on with that?", "pl": "Czy mam się nią teraz zająć?"}


def last(answer: Json) -> str:
    return texts(answer)[-1]


def test_a_form_comes_first_and_the_second_wish_after_it(customer: Dialogue) -> None:
    answer = customer.say("where is order 10482 and I want to change my address")
    assert answer["intent"]["name"] == "care_order_status"
    assert "Sony WH-1000XM5" in texts(answer)[0]
    assert "I want to change my address" in last(answer)
    assert OFFER["en"] in last(answer)
    assert buttons(answer)["Yes, please"] == "/affirm"
    answer = customer.say("yes")
    assert answer["intent"]["name"] == "care_change_address"
    assert "Which order should go to another address?" in last(answer)


def test_both_are_named_before_the_first_question(klient: Dialogue) -> None:
    answer = klient.say("chcę zwrócić słuchawki i zmienić adres")
    assert answer["intent"]["name"] == "care_return_item"
    assert "„chcę zwrócić słuchawki”" in texts(answer)[0]
    assert "„zmienić adres”" in texts(answer)[0]
    assert "Z którego zamówienia" in last(answer)
    answer = klient.say("jednak nie, zostawmy to")
    assert OFFER["pl"] in last(answer)
    assert klient.press("/affirm")["intent"]["name"] == "care_change_address"


def test_the_number_belongs_to_its_part(customer: Dialogue) -> None:
    customer.say("refund order 10482 and change my address")
    answer = customer.say("yes please")
    assert answer["intent"]["name"] == "care_change_address"
    assert answer["entities"] == []
    assert answer["slots"]["order_number"] is None


def test_the_number_of_the_second_waits_with_it(klient: Dialogue) -> None:
    answer = klient.say("ile kosztuje dostawa i gdzie jest zamówienie 10503?")
    assert answer["intent"]["name"] == "care_delivery_cost"
    assert OFFER["pl"] in last(answer)
    assert "Philips Hue" in texts(klient.say("tak"))[0]


@pytest.mark.parametrize(
    ("desk", "language", "text", "first", "second"),
    [
        (
            *("customer-care", "en"),
            "I want to cancel order 10482. Also, what are your opening hours?",
            *("care_cancel_order", "care_store_hours"),
        ),
        (
            *("customer-care", "en"),
            "do you have the iPhone 15 in stock and can I pay in instalments",
            *("care_product_availability", "care_installments"),
        ),
        (
            *("customer-care", "pl"),
            "Dzień dobry, ile kosztuje dostawa? I czy mogę płacić w ratach?",
            *("care_delivery_cost", "care_installments"),
        ),
        (
            *("customer-care", "pl"),
            "proszę o fakturę oraz o zmianę adresu dostawy",
            *("care_invoice", "care_change_address"),
        ),
        (
            *("it-help", "en"),
            "reset my password and order me a new mouse",
            *("it_password_reset", "it_hardware_request"),
        ),
        (
            *("it-help", "pl"),
            "drukarka nie drukuje, a poza tym potrzebuję dostępu do SAP",
            *("it_printer", "it_access_request"),
        ),
    ],
)
def test_both_wishes_are_served(
    customer: Dialogue, desk: str, language: str, text: str, first: str, second: str
) -> None:
    customer.desk, customer.language = desk, language
    answer = customer.say(text)
    assert answer["intent"]["name"] == first
    if answer["slots"]["requested_slot"] is not None:
        answer = customer.press("/cancel")
    assert OFFER[language] in last(answer)
    assert answer["answered"] is None, "one yes-or-no question at a time"
    assert customer.say("tak" if language == "pl" else "yes")["intent"]["name"] == second


@pytest.mark.parametrize(
    "text",
    [
        "My parcel arrived and the box is damaged",
        "I ordered a phone and it has not arrived",
        "I returned my phone and want to know where my refund is",
        "I was charged twice and need my money back",
        "my order number is 10482 and I want to know where it is",
        "I want to return my phone and get my money back",
        "what are the opening hours on Saturday and Sunday",
        "I paid but the payment failed and the money is gone",
    ],
)
def test_one_matter_stays_one(customer: Dialogue, text: str) -> None:
    assert customer.say(text)["slots"]["next_topic"] is None


@pytest.mark.parametrize(
    "text",
    [
        "telewizor przyszedł uszkodzony i chcę go zareklamować",
        "płatność została odrzucona i nie mogę zapłacić",
        "anulujcie zamówienie i zwróćcie pieniądze",
        "paczka jest opóźniona i nie wiem co robić",
        "kupiłem laptopa i nie działa",
    ],
)
def test_one_matter_stays_one_in_polish(klient: Dialogue, text: str) -> None:
    assert klient.say(text)["slots"]["next_topic"] is None


def test_of_one_hazy_matter_the_first_part_is_taken(customer: Dialogue) -> None:
    answer = customer.say("please cancel my order and send me the money back")
    assert answer["intent"]["name"] == "care_cancel_order"
    assert answer["intent"]["confidence"] > 0.9  # the whole's would be about a half


def test_a_no_ends_it(klient: Dialogue) -> None:
    klient.say("ile kosztuje dostawa i czy mogę płacić w ratach?")
    assert OFFER["pl"] not in " ".join(texts(klient.say("nie, dziękuję")))
    assert klient.say("tak")["intent"]["name"] == "affirm"


def test_another_question_passes_over_it(customer: Dialogue) -> None:
    customer.say("how much is delivery and can I pay in instalments?")
    answer = customer.say("what are your opening hours")
    assert answer["intent"]["name"] == "care_store_hours"
    assert OFFER["en"] not in " ".join(texts(answer))
    assert customer.say("yes")["intent"]["name"] == "affirm"


def test_an_offer_said_again_is_still_one(customer: Dialogue) -> None:
    customer.say("how much is delivery and can I pay in instalments?")
    assert customer.say("what?")["replies"][0]["custom"] == {"repeat": True}
    assert customer.say("yes")["intent"]["name"] == "care_installments"


def test_who_takes_over_is_told_of_the_second_wish(customer: Dialogue) -> None:
    customer.say("I want to return my headphones and change my address")
    answer = customer.say("let me talk to a human")
    assert answer["handoff"]["details"]["also_wanted"] == "change my address"
    assert customer.say("thanks")["slots"]["next_topic"] is None


def test_inside_a_form_nothing_is_cut(customer: Dialogue) -> None:
    customer.say("where is my order")
    answer = customer.say("it is 10482 and how much is delivery to Germany?")
    assert answer["slots"]["next_topic"] is None
    assert "What is your order number?" in last(answer)


def test_an_emergency_comes_first(employee: Dialogue) -> None:
    answer = employee.say("I need a new mouse and I clicked a link in a phishing mail")
    assert answer["intent"]["name"] == "it_phishing_clicked"
