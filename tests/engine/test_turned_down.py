"""What the bot says when an action is turned down, and that it begins nothing."""

import pytest

from tests.dialogue import Dialogue, buttons, texts

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("desk", "language", "text", "said"),
    [
        ("customer-care", "en", "I don't want to cancel", "I will not cancel anything"),
        ("customer-care", "en", "please don't cancel order 10482", "I will not cancel anything"),
        ("customer-care", "en", "I do not want to return the headphones", "no return then"),
        ("customer-care", "en", "I don't want a refund", "no refund then"),
        ("customer-care", "en", "I don't want to talk to a human", "we go on here"),
        ("customer-care", "pl", "nie chcę anulować zamówienia", "niczego nie anuluję"),
        ("customer-care", "pl", "nie chce anulowac zamowienia", "niczego nie anuluję"),
        ("customer-care", "pl", "nie chcę zwracać słuchawek", "bez zwrotu"),
        ("customer-care", "pl", "nie chcę rozmawiać z człowiekiem", "zostajemy tutaj"),
        ("it-help", "en", "I don't want to reset my password", "password stays as it is"),
        ("it-help", "pl", "nie chcę resetować hasła", "hasło zostaje bez zmian"),
    ],
)
def test_nothing_is_begun(
    customer: Dialogue, desk: str, language: str, text: str, said: str
) -> None:
    customer.desk, customer.language = desk, language
    answer = customer.say(text)
    (words,) = texts(answer)
    assert said in words
    # A "deny" would be an opinion of the answer before.
    assert answer["intent"]["name"] == "cancel"
    assert answer["handoff"] is None
    assert answer["slots"]["requested_slot"] is None
    assert "/help" in buttons(answer).values()
    # The dialogue goes on as ever.
    assert texts(customer.say("are you a bot?"))


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("en", "I don't want a refund, I want to exchange it", "care_exchange_item"),
        ("en", "I don't want to wait any longer for my refund", "care_refund_status"),
        ("en", "I don't want to talk to a bot", "talk_to_human"),
        ("en", "I don't want to cancel, let me talk to a human", "talk_to_human"),
        (
            "pl",
            "nie chcę zwracać, tylko zmienić adres dostawy zamówienia",
            "care_change_address",
        ),
        ("pl", "nie chcę czekać na zwrot pieniędzy", "care_refund_status"),
        ("pl", "nie chcę rozmawiać z botem", "talk_to_human"),
    ],
)
def test_what_is_wanted_instead_is_done(
    customer: Dialogue, language: str, text: str, intent: str
) -> None:
    customer.language = language
    assert customer.say(text)["intent"]["name"] == intent


def test_inside_its_own_form_it_leaves_the_form(klient: Dialogue) -> None:
    klient.say("chcę zwrócić produkt")
    answer = klient.say("nie chcę jednak niczego zwracać")
    assert "zostawmy to" in texts(answer)[0]
    assert answer["slots"]["requested_slot"] is None


def test_not_to_cancel_inside_a_form_goes_on_with_it(customer: Dialogue) -> None:
    customer.say("I want to return order 10440")
    answer = customer.say("no, I don't want to cancel")
    assert answer["slots"]["requested_slot"] == "return_item"
    assert answer["slots"]["order_number"] == "10440"


def test_not_to_talk_to_a_person_inside_a_form_calls_nobody(klient: Dialogue) -> None:
    klient.say("gdzie jest moja paczka")
    answer = klient.say("nie chcę rozmawiać z konsultantem")
    assert answer["handoff"] is None
    assert answer["slots"]["requested_slot"] == "order_number"
