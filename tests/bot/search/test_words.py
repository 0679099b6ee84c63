"""Words are found in whatever form and spelling they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.snippets import snippet
from bot.search.sought import sought
from bot.search.words import LONGEST, STEM, fold, indexed, stems

FORMS = (
    "zamówienie zamówienia zamówieniu zamówieniem zamówień zamówieniami zamówieniach zamowien",
    "łódź lodz łodzi łodzią Łódź",
    "paczka paczki paczce paczkę paczką paczek paczkom paczkami",
    "zwrot zwrotu zwroty zwrotów zwrocie zwrotem zwrotowi",
    "faktura faktury fakturze fakturę faktur fakturami",
    "hasło hasła haśle haseł hasłem",
    "błąd błędu błędzie błędy błędów błędem",
    "płatność płatności płatnością płatnościami",
    "książka książki książek książce",
    "kurier kuriera kurierem kurierzy kurierowi kurierów",
    "pytanie pytania pytań pytaniu",
    "Kowalski Kowalskiego Kowalskiemu Kowalskim",
    "order orders ordered ordering",
    "delivery deliveries delivered delivering",
    "cancel cancelled cancelling canceled",
)


def stems_of(text: str) -> set[str]:
    return {word for word in indexed(text).split() if word.startswith(STEM)}


@pytest.mark.parametrize("forms", FORMS)
def test_the_forms_of_a_word_find_each_other(forms: str) -> None:
    for one in forms.split():
        asked = {f"{STEM}{stem}" for stem in stems(fold(one))}
        for other in forms.split():
            assert asked & stems_of(other), (one, other)


@pytest.mark.parametrize(("one", "other"), [("łódź", "lód"), ("kot", "kod"), ("order", "border")])
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert not stems_of(one) & stems_of(other)


@given(st.text())
def test_whatever_is_written_becomes_plain_words(text: str) -> None:
    for word in filter(None, indexed(text).split(" ")):
        assert 1 <= len(word.removeprefix(STEM)) <= LONGEST + 2
        assert word.removeprefix(STEM).isalnum()
        assert fold(word) == word
    what = sought(text)
    for query in (what.for_sqlite(), what.for_postgresql()):
        assert query.count("(") == query.count(")") == len(what.words)


@given(st.text(), st.text())
def test_a_snippet_is_part_of_the_text(text: str, typed: str) -> None:
    pieces = snippet(text, sought(typed))
    line = "".join(piece.text for piece in pieces).strip("…")
    assert line.strip() in " ".join(text.split())


def test_a_snippet_shows_the_words_in_their_own_form() -> None:
    text = f"{'Dzień dobry, ' * 20}moje zamówienie nie dotarło do Łodzi. {'Proszę o pomoc. ' * 20}"
    pieces = snippet(text, sought("zamowienia lodz"))
    assert [piece.text for piece in pieces if piece.is_hit] == ["zamówienie", "Łodzi"]
    assert pieces[0].text == "…"
    assert pieces[-1].text.endswith("…")
    assert len("".join(piece.text for piece in pieces)) < 200
