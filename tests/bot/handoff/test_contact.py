"""What counts as an e-mail address or a phone number in a sentence."""

import pytest

from bot.handoff.contact import find_contact


@pytest.mark.parametrize(
    ("words", "email", "phone"),
    [
        ("jan.kowalski@example.com", "jan.kowalski@example.com", None),
        ("Mój mail to Ola+shop@poczta.example.pl.", "Ola+shop@poczta.example.pl", None),
        ("zadzwońcie: 601 234 567, dziękuję", None, "601 234 567"),
        ("+48 601-234-567", None, "+48 601-234-567"),
        ("call (022) 555 12 34", None, "022) 555 12 34"),
        ("a@b.example or 0048601234567", "a@b.example", "0048601234567"),
    ],
)
def test_a_contact_is_found(words: str, email: str | None, phone: str | None) -> None:
    contact = find_contact(words)
    assert contact is not None
    assert (contact.email, contact.phone) == (email, phone)


@pytest.mark.parametrize(
    "words",
    ["where is my order 10482?", "#10482", "no", "order A1234567890B", "12.50 zł", "me@home", ""],
)
def test_what_is_no_contact_is_not_taken_for_one(words: str) -> None:
    assert find_contact(words) is None


@pytest.mark.timeout(60)
def test_a_hostile_text_does_not_hang_the_search() -> None:
    find_contact("a@" + "a." * 2000)
    find_contact("a" * 4000 + "@")
    find_contact("1 " * 2000)
    find_contact("+" * 4000)
