"""Another delivery address: as long as the parcel is there, and whole addresses at once."""

import pytest

from tests.dialogue import Dialogue, buttons, texts

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

EN = "I want to change the delivery address"
PL = "chcę zmienić adres dostawy"


def last(answer: dict[str, object]) -> str:
    return texts(answer)[-1]


def test_address_piece_by_piece(customer: Dialogue) -> None:
    assert "Which order" in last(customer.say(EN))
    assert "street and house number" in last(customer.say("10503"))
    assert "postcode" in last(customer.say("Polna 5/7"))
    assert "city" in last(customer.say("00625"))
    said = last(customer.say("Warszawa"))
    for part in ("10503", "Polna 5/7", "00-625", "Warszawa"):
        assert part in said
    assert "reference ADR-" in last(customer.say("yes"))


def test_whole_address_at_once(klient: Dialogue) -> None:
    klient.say(f"{PL} zamówienia 10512")
    said = last(klient.say("ul. Długa 12 m. 3, 31-147 Kraków"))
    for part in ("ul. Długa 12 m. 3", "31-147", "Kraków"):
        assert part in said
    assert "numer zmiany ADR-" in last(klient.say("tak"))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("10482", "is on its way already"),
        ("10471", "is waiting for you at Volta"),
        ("10455", "has been delivered"),
        ("10467", "has come back to us"),
        ("10490", "is cancelled"),
    ],
)
def test_too_late_says_what_is_still_possible(customer: Dialogue, number: str, said: str) -> None:
    answer = customer.say(f"{EN} of order {number}")
    assert said in last(answer)
    assert buttons(answer)
    assert answer["slots"]["requested_slot"] is None


def test_stuck_parcel_goes_to_a_person(customer: Dialogue) -> None:
    answer = customer.say(f"{EN} of order 10499")
    assert answer["handoff"]["details"]["why"] == "address_change"


def test_what_is_no_address_is_explained(klient: Dialogue) -> None:
    klient.say(f"{PL} zamówienia 10503")
    assert "potrzebna jest ulica i numer" in texts(klient.say("Polna"))[0]
    klient.say("Polna 5")
    assert "5 cyfr, jak 00-625" in texts(klient.say("625"))[0]
    answer = klient.say("0062")
    assert "/talk_to_human" in buttons(answer).values()


def test_address_is_corrected_on_the_way_and_at_the_summary(customer: Dialogue) -> None:
    customer.say(f"{EN} of order 10503")
    customer.say("Polna 5")
    changed, asked = texts(customer.say("sorry, the street is Polna 6"))
    assert "Polna 6" in changed
    assert "postcode" in asked
    customer.say("00-625")
    customer.say("Warszawa")
    assert "postcode" in last(customer.say("no, the postcode is wrong"))
    assert "00-626" in last(customer.say("00-626"))
    changed, summary = texts(customer.say("no, the city should be Kraków"))
    assert "Kraków" in changed
    assert "Kraków" in summary


def test_question_in_between(klient: Dialogue) -> None:
    klient.say(f"{PL} zamówienia 10503")
    answered, asked = texts(klient.say("ile kosztuje dostawa?"))
    assert "9,99 zł" in answered
    assert "ulica" in asked


def test_not_knowing_the_postcode(customer: Dialogue) -> None:
    customer.say(f"{EN} of order 10503")
    customer.say("Polna 5")
    where, asked = texts(customer.say("I don't know"))
    assert "any letter" in where
    assert "postcode" in asked


def test_cancel_and_human(customer: Dialogue, klient: Dialogue) -> None:
    customer.say(f"{EN} of order 10503")
    assert "leave it there" in last(customer.say("never mind"))
    klient.say(f"{PL} zamówienia 10503")
    klient.say("Polna 5")
    answer = klient.say("chcę rozmawiać z konsultantem")
    assert answer["handoff"]["reason"] == "asked_for_human"
    assert answer["slots"]["address_street"] == "Polna 5"
