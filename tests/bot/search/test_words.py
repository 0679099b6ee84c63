"""Words are found in whatever form and spelling they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.snippets import snippet
from bot.search.sought import sought
from bot.search.words import LONGEST, STEM, fold, forms_of, indexed, stems

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
        assert query.count("(") == query.count(")")
        assert bool(query) is bool(what)


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


def holds(text: str, typed: str) -> bool:
    what = sought(typed)
    assert what.phrases
    return what.phrases_stand_in(list(forms_of(text)))


@pytest.mark.parametrize(
    "typed",
    [
        '"reklamacja obuwia"', '"REKLAMACJĘ OBUWIE"', '"reklamacje obuwia zimowego"',
        '\u201ereklamacja obuwia\u201d', '\u00abreklamacja obuwia\u00bb', '"obuwie zimowe, nie"',
        '"reklamacja obuwia', '"reklamacja obu', 'pani "reklamacja obuwia"',
    ],
)  # fmt: skip
def test_a_phrase_stands_in_order_in_whatever_form(typed: str) -> None:
    assert holds("Pani reklamacja: obuwia zimowego nie dotarła", typed)


@pytest.mark.parametrize(
    "typed",
    ['"obuwia reklamacja"', '"reklamacja zimowego"', '"obuwia zim"', '"zimowego, nie, x"'],
)
def test_other_orders_gaps_and_parts_of_words_are_no_phrase(typed: str) -> None:
    assert not holds("Reklamacja obuwia zimowego, nie", typed)


@pytest.mark.parametrize(
    ("typed", "words", "phrases"),
    [
        ('a 15" monitor', ("a", "15", "monitor"), []),
        ('"" x', ("x",), []),
        ('"one two" three "four five', ("three",), [("one", "two"), ("four", "five")]),
        ('"?!"', (), []),
        ('"one one" "one one"', (), [("one", "one")]),
    ],
)
def test_quotes_around_words_make_a_phrase(
    typed: str, words: tuple[str, ...], phrases: list[tuple[str, ...]]
) -> None:
    what = sought(typed)
    assert what.words == words
    assert [phrase.words for phrase in what.phrases] == phrases
    assert bool(what) is bool(words or phrases)


def test_a_snippet_marks_a_phrase_as_one_and_its_words_elsewhere_not() -> None:
    text = "Zwrot pieniędzy? Nie zwrot, a zwrotu pieniędzy chcę, pieniędzy!"
    pieces = snippet(text, sought('"zwrotu pieniędzy"'))
    assert [piece.text for piece in pieces if piece.is_hit] == [
        "Zwrot pieniędzy",
        "zwrotu pieniędzy",
    ]
    overlapping = snippet("a b a b a", sought('"a b a"'))
    assert [piece.text for piece in overlapping if piece.is_hit] == ["a b a b a"]
    mixed = snippet("refund my order", sought('"my order" refund'))
    assert [piece.text for piece in mixed if piece.is_hit] == ["refund", "my order"]


@given(st.lists(st.sampled_from(["kot", "pies", "zwrot", "1", "łódź"]), min_size=1), st.data())
def test_every_stretch_of_a_text_is_a_phrase_of_it(words: list[str], data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(begin + 1, len(words)))
    typed = f'"{" ".join(words[begin:end])}"'
    assert holds(" ".join(words), typed)
    assert any(piece.is_hit for piece in snippet(" ".join(words), sought(typed)))
