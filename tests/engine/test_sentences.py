"""Where a message may be cut in two, without an engine."""

import pytest

from engine.sentences import sentences, two_parts


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        (
            "en",
            "refund order 10482 and change my address",
            ("refund order 10482", "change my address"),
        ),
        (
            "en",
            "Hi, I want to cancel order 10482. Also, what are your opening hours? Thanks!",
            ("I want to cancel order 10482", "what are your opening hours?"),
        ),
        (
            "en",
            "I ordered a phone and a case and want to know where they are",
            ("I ordered a phone and a case", "want to know where they are"),
        ),
        (
            "pl",
            "chcę zwrócić słuchawki i zmienić adres",
            ("chcę zwrócić słuchawki", "zmienić adres"),
        ),
        (
            "pl",
            "chcę zwrócić telewizor i kabel, a przy okazji proszę o fakturę",
            ("chcę zwrócić telewizor i kabel", "proszę o fakturę"),
        ),
        ("pl", "ile kosztuje dostawa? I czy są raty?", ("ile kosztuje dostawa?", "czy są raty?")),
    ],
)
def test_cuts_where_another_wish_begins(language: str, text: str, parts: tuple[str, str]) -> None:
    assert two_parts(text, language) == parts


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "where is my order"),
        ("en", "black and white"),
        ("en", "can I return a phone"),
        ("pl", "telefon i kabel"),
        ("pl", "gdzie jest moja paczka z telefonem"),
        ("en", "I have been waiting for my parcel since Monday"),
    ],
)
def test_leaves_one_wish_whole(language: str, text: str) -> None:
    assert two_parts(text, language) is None


def test_a_number_or_an_abbreviation_ends_no_sentence() -> None:
    assert len(sentences("zamówienie nr. 10482 za 99.99 zł, ul. Polna 5")) == 1
    assert len(sentences("It is broken. It cost 99.99 zł.\nWhat now?")) == 3
