"""All kinds together: nothing is two things, hidden things are nothing, nothing crashes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.nlu.entities.search import KINDS, MOST_FOUND, Search
from tests.engine.nlu.entities.date_cases import CASES, TODAY

TOGETHER = {
    "return order 10482, the kettle broke on 3/12/2026": [
        ("order_number", "10482"),
        ("product", "kettle"),
        ("date", "2026-12-03"),
    ],
    "INC-20417, tel. 600 100 200, jutro o 14:30": [
        ("ticket_number", "INC-20417"),
        ("phone", "+48600100200"),
        ("date", "2026-11-26"),
        ("time", "14:30"),
    ],
    "00-950 Warszawa, zamówienie 10482 za 1 200 zł": [
        ("postcode", "00-950"),
        ("order_number", "10482"),
        ("amount", "1200.00 PLN"),
    ],
    "ORA-12541 w SAP": [("error_code", "ORA-12541"), ("application", "SAP")],
    "kod błędu 10482": [("error_code", "10482")],
    "a12345@volta.example": [("email", "a12345@volta.example")],
    "o 14.10 w piątek": [("time", "14:10"), ("date", "2026-11-27")],
    "karta 4111 1111 1111 1111": [],
    "PESEL 44051401359": [],
    "4111 •••• •••• 1234": [],
    "[card number hidden] 10482": [("order_number", "10482")],
    "hasło: ********, mail j•••@volta.example": [],
}
WORDS = st.sampled_from(
    [
        *CASES,
        *TOGETHER,
        "10482",
        "zł",
        "€",
        "•",
        "[",
        "]",
        "hidden",
        "@",
        "+48",
        "o",
        "at",
        "0x",
        "-",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="0123456789 .,:/-+()€złpo@[]•*", max_size=120),
    st.lists(WORDS, max_size=8).map(" ".join),
    st.lists(WORDS, max_size=8).map("".join),
)


@pytest.mark.parametrize(("text", "expected"), TOGETHER.items())
def test_no_place_is_two_things(search: Search, text: str, expected: list[tuple[str, str]]) -> None:
    found = search.find(text, TODAY)
    assert [(kind, one.value) for kind, one in found] == expected


def test_only_wanted_kinds_are_found(search: Search) -> None:
    found = search.find("10482 jutro", TODAY, ("order_number",))
    assert [kind for kind, _ in found] == ["order_number"]


def test_there_is_an_end_to_what_is_found(search: Search) -> None:
    assert len(search.find("10482 " * 500, TODAY)) == MOST_FOUND


@given(text=TEXTS)
@settings(max_examples=500, deadline=None)
def test_every_find_lies_in_the_text_and_has_a_value(search: Search, text: str) -> None:
    end = 0
    for kind, found in search.find(text, TODAY):
        assert kind in KINDS
        assert end <= found.start < found.end <= len(text)
        assert found.text == text[found.start : found.end]
        assert found.value
        end = found.end


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["1", "1 ", "a@", "0-", "1.", "[", "•", "w ", "AB_", "o 1", "za ", "'"]
)
def test_no_text_makes_it_slow(search: Search, piece: str) -> None:
    search.find(piece * (4_000 // len(piece)), TODAY)
