"""The conversation's language follows the customer, and no single word flips it."""

import pytest

from tests.dialogue import Dialogue, texts

pytestmark = pytest.mark.engine


def test_follows_the_customer_into_polish_and_back(customer: Dialogue) -> None:
    answer = customer.say("gdzie jest moje zamówienie?")
    assert answer["language"] == answer["slots"]["language"] == "pl"
    assert "numer zamówienia" in texts(answer)[-1]
    answer = customer.say("sorry, I prefer to write in English, how much is the delivery?")
    assert answer["language"] == "en"
    assert "free for orders from 199" in texts(answer)[0]


def test_understands_polish_without_diacritics_as_polish(customer: Dialogue) -> None:
    assert customer.say("ile kosztuje dostawa kurierem")["language"] == "pl"


@pytest.mark.parametrize(
    "text",
    [
        *("ok", "10482", "iPhone 15 Pro Max", "Adobe Acrobat Reader", "john.smith@example.com"),
        *("Sony WH-1000XM5", "laptop Dell Latitude 5440", "👍", "vpn error 809"),
    ],
)
def test_a_name_a_number_or_an_ok_changes_nothing(
    customer: Dialogue, klient: Dialogue, text: str
) -> None:
    assert customer.say(text)["language"] == "en"
    assert klient.say(text)["language"] == "pl"


def test_an_address_in_poland_is_not_a_polish_sentence(customer: Dialogue) -> None:
    assert customer.say("Marszałkowska 10, Warszawa")["language"] == "en"


def test_a_button_says_nothing_about_the_language(klient: Dialogue) -> None:
    assert klient.press("/care_delivery_time")["language"] == "pl"
