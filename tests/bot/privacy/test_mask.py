"""What is hidden in a customer's message, and what stays."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.privacy.cards import is_card_number, is_iban, passes_luhn
from bot.privacy.mask import HIDDEN, Masked, mask
from bot.privacy.pesel import is_pesel

# The numbers that payment companies publish for tests.
CARDS = [
    "4111111111111111",
    "4222222222222",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "30569309025904",
    "6011111111111117",
    "3530111333300000",
    "6759649826438453",
    "6304000000000000000",
]
PESEL = "85010112345"


@pytest.mark.parametrize("number", CARDS)
@pytest.mark.parametrize("words", ["{}", "my card is {}, please check", "Zapłata kartą {}."])
def test_a_card_number_is_hidden_wherever_it_stands(number: str, words: str) -> None:
    masked = mask(words.format(number))
    assert masked.text == words.format(HIDDEN)
    assert masked.kinds == ("card",)


@pytest.mark.parametrize(
    "written",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "4111\u00a01111\u00a01111\u00a01111",
        "3782 822463 10005",
    ],
)
def test_a_card_number_is_hidden_as_people_write_it(written: str) -> None:
    assert mask(f"I paid with {written} yesterday").text == f"I paid with {HIDDEN} yesterday"


def test_what_stands_around_a_card_does_not_save_it() -> None:
    assert "1111" not in mask("4111 1111 1111 1111 12/28 123").text
    assert "1111" not in mask("order 10482 4111 1111 1111 1111").text
    assert "1111" not in mask("card4111111111111111").text
    assert "1111" not in mask("karta 411 111 111 111 1111").text
    two = mask("4111 1111 1111 1111 5555 5555 5555 4444")
    assert "5555" not in two.text
    assert mask("CVV 123, cvc: 4567, CVC2 code is 999").text == (
        f"CVV {HIDDEN}, cvc: {HIDDEN}, CVC2 code is {HIDDEN}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Where is order 10482?",
        "INC-20417 and INC20418",
        "call me at +48 501 234 567 or 501234567, 22 123 45 67",
        "+48 501 234 567 502 345 678",
        "501 234 567 502 345 678 503 456 789",
        "InPost 620012345678901234567890",
        "6200 1234 5678 9012 3456 7890",
        "DPD 13429500012345, DHL 27631234567, JJD014600004111111111",
        "Poczta (00)459007731234567890",
        "IMEI 356938035643809 or 860123456789013",
        "EAN 5901234123457",
        "konto PL61 1090 1014 0000 0712 1981 2874",
        "PL61109010140000071219812874",
        "przelew na 61 1090 1014 0000 0712 1981 2874",
        "DE89 3704 0044 0532 0130 00",
        "NIP 526-25-13-560, REGON 012100784",
        "jan.kowalski@example.com, 15.03.2026, 199,90 zł",
        "4111 1111 1111 1112 is no card",
        "0x80070005 and 1603",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text).text == text
    assert mask(text).kinds == ()


@pytest.mark.parametrize(
    "text",
    ["{}", "PESEL: {}", "mój pesel to {}.", "pesel{}", "Jan Kowalski, {}, Warszawa"],
)
def test_a_pesel_is_hidden(text: str) -> None:
    assert is_pesel(PESEL)
    assert mask(text.format(PESEL)).text == text.format(HIDDEN)
    assert mask(text.format(PESEL)).kinds == ("pesel",)
    spaced = f"{PESEL[:6]} {PESEL[6:]}"
    assert mask(f"to {spaced} tak").text == f"to {HIDDEN} tak"


@pytest.mark.parametrize(
    "digits",
    [
        "85010112344",  # the check digit
        "85133112345",  # month 13
        "85023012345",  # 30 February
        "48221234567",  # a phone number of Warsaw: February 2048
        "48501234567",
    ],
)
def test_eleven_other_digits_are_no_pesel(digits: str) -> None:
    assert mask(f"number {digits}").kinds == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my password is Kot123!", f"my password is {HIDDEN}"),
        ("My password is sunshine", f"My password is {HIDDEN}"),
        ("my password is sunshine and it fails", f"my password is {HIDDEN} and it fails"),
        ("password: hunter2 does not work", f"password: {HIDDEN} does not work"),
        ("login jan pass: Zima2026", f"login jan pass: {HIDDEN}"),
        ("pwd=abc$def", f"pwd={HIDDEN}"),
        ("password for my account is qwerty99", f"password for my account is {HIDDEN}"),
        ('the password was "correct horse"', f"the password was {HIDDEN}"),
        ("password Tajne#99 not accepted", f"password {HIDDEN} not accepted"),
        ("hasło: kotek", f"hasło: {HIDDEN}"),
        ("haslo to Zima2026!", f"haslo to {HIDDEN}"),
        ("Moje hasło to kotek", f"Moje hasło to {HIDDEN}"),
        ("hasło do konta to kotek77", f"hasło do konta to {HIDDEN}"),
        ("hasło brzmi azorek, a nie działa", f"hasło brzmi {HIDDEN} a nie działa"),
        ("moim hasłem jest Burek5", f"moim hasłem jest {HIDDEN}"),
        ("HASŁO: ABC123", f"HASŁO: {HIDDEN}"),
        ("pin 1234", f"pin {HIDDEN}"),
        ("mój PIN to 4821", f"mój PIN to {HIDDEN}"),
        ("PIN code is 482199", f"PIN code is {HIDDEN}"),
        ("kod pin: 0000", f"kod pin: {HIDDEN}"),
    ],
)
def test_a_password_is_hidden(text: str, expected: str) -> None:
    assert mask(text).text == expected
    assert mask(text).kinds == ("password",)


@pytest.mark.parametrize(
    "text",
    [
        "I forgot my password",
        "I forgot my password, order 10482",
        "reset my password please",
        "my password is wrong",
        "my password is not accepted",
        "my password is expired",
        "the password is too short, why?",
        "Password: how do I change it?",
        "password reset for jan.kowalski@example.com",
        "my password has to be 12 characters long",
        "is the password case-sensitive?",
        "password is case-sensitive",
        "the new password is required every 90 days",
        "password manager",
        "What is my password?",
        "my password to Windows11 does not work",
        "reset hasła",
        "zapomniałem hasła do poczty",
        "nie pamiętam hasła 3 razy",
        "hasło nie działa",
        "hasło jest nieprawidłowe",
        "hasło jest za krótkie",
        "hasło wygasło",
        "moje hasło to problem",
        "hasło: reset",
        "jak zmienić hasło?",
        "hasło do SAP nie działa",
        "pin do karty nie działa",
        "I pinned 1234 messages",
        "boarding pass 10482",
        "the pass is 12 months long",
    ],
)
def test_talking_about_passwords_hides_nothing(text: str) -> None:
    assert mask(text).text == text


def test_several_secrets_are_all_hidden_and_named_once() -> None:
    masked = mask(f"pesel {PESEL}, card {CARDS[0]} and {CARDS[2]}, hasło: Kot1")
    assert masked.kinds == ("card", "pesel", "password")
    assert masked.text == f"pesel {HIDDEN}, card {HIDDEN} and {HIDDEN}, hasło: {HIDDEN}"


def a_card(seed: int, prefix: str, length: int) -> str:
    """A number that passes every check, from its first digits on."""
    body = f"{prefix}{seed:018}"[: length - 1]
    return next(body + last for last in "0123456789" if passes_luhn(body + last))


SHAPES = st.sampled_from(
    [("4", 13), ("4", 16), ("4", 19), ("51", 16), ("2221", 16), ("37", 15), ("36", 14), ("62", 17)]
)
NUMBERS = st.builds(
    lambda seed, shape: a_card(seed, *shape), st.integers(10**14, 10**18 - 1), SHAPES
)
SPACES = st.sampled_from(["", " ", "-", "\u00a0"])
WORDS = st.text(alphabet="abc żó,!?•\n", max_size=20)


@given(number=NUMBERS, space=SPACES, before=WORDS, after=WORDS)
def test_no_card_number_survives(number: str, space: str, before: str, after: str) -> None:
    assert is_card_number(number)
    written = space.join(number[at : at + 4] for at in range(0, len(number), 4))
    masked = mask(f"{before} {written} {after}")
    assert number not in "".join(letter for letter in masked.text if letter.isdigit())
    assert masked.kinds == ("card",)


PIECES = ["password", "hasło", "pin", "is", "to", ":", "=", "•••", "card", "CVV", "pass", "PL61"]
DIGITS = ["4111 1111", "1111 1111", "123", "4", "10482", "Kot123", "+48", "-", ",", "\n", '"']
LINES = st.lists(st.sampled_from([*CARDS, PESEL, *PIECES, *DIGITS]), max_size=14)


@given(st.one_of(st.text(max_size=120), LINES.map(" ".join), LINES.map("".join)))
@example("password: •••")
@example("4111 1111 1111 1111 4111 1111 1111 1111")
def test_masking_again_changes_nothing_and_no_text_grows(text: str) -> None:
    once = mask(text)
    assert mask(once.text) == Masked(once.text, ())
    assert len(once.text) <= len(text)
    assert bool(once.kinds) == (once.text != text)


@given(st.text(alphabet="abcdefgh ,.!?ąęłóżź\n", max_size=200))
def test_a_text_without_digits_or_a_named_password_is_never_touched(text: str) -> None:
    assert mask(text).text == text


def test_an_account_is_known_by_its_check() -> None:
    assert is_iban("PL61 1090 1014 0000 0712 1981 2874")
    assert not is_iban("PL61 1090 1014 0000 0712 1981 2875")


def test_a_long_message_of_digits_takes_no_time() -> None:
    """Quadratic patterns would take seconds here; pytest's own limit would tell."""
    for text in ("1 " * 2000, "4111 " * 800, "aa11 " * 800, "password is " * 333, "5" * 4000):
        assert len(mask(text).text) <= len(text)
