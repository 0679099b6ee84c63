"""The card says of a mood what the customer showed, and where; one repetition is no mood."""

import pytest

from bot.handoff.mood import Signal, signals
from bot.handoff.packet import CaseFile, StoredTurn, build_packet
from bot.texts import LANGUAGES, text


def kinds(*intents: str | None, unhelpful: tuple[int, ...] = ()) -> dict[str, tuple[int, ...]]:
    asked = list(enumerate(intents, start=1))
    return {one.kind: one.seqs for one in signals(asked, unhelpful)}


def test_nothing_shown_is_nothing_said() -> None:
    assert kinds() == {}
    assert kinds("order_status", None, "greet", "affirm", "deny") == {}


def test_the_strongest_sign_comes_first_and_each_names_its_messages() -> None:
    found = signals(
        [(1, "thank"), (3, "frustrated"), (5, "insult"), (7, "insult"), (9, "order_status")], [4]
    )
    assert found == (
        Signal("insulted", (5, 7)),
        Signal("upset", (3,)),
        Signal("not_helpful", (4,)),
        Signal("thanked", (1,)),
    )


@pytest.mark.parametrize(
    ("kind", "intents"),
    [
        ("not_understood", ("nlu_fallback", "out_of_scope")),
        ("asked_again", ("repeat", "repeat")),
        ("wanted_human", ("talk_to_human", "talk_to_human")),
    ],
)
def test_what_is_everyday_once_is_a_sign_twice(kind: str, intents: tuple[str, str]) -> None:
    assert kinds(intents[0]) == {}
    assert kinds(intents[0], "greet", intents[1]) == {kind: (1, 3)}


def mood_of(*turns: StoredTurn) -> tuple[Signal, ...]:
    return build_packet(CaseFile(None, "en", "web", turns=turns)).mood


def test_what_a_form_had_asked_for_is_no_mood_whatever_it_sounds_like() -> None:
    def told(seq: int, intent: str) -> StoredTurn:
        slots = {"defect": "the stupid thing is broken"}
        return StoredTurn(seq, intent, slots=slots, asked_for="defect")

    assert mood_of(told(1, "insult"), told(3, "frustrated")) == ()
    missed = [StoredTurn(seq, "nlu_fallback", asked_for="defect") for seq in (5, 7)]
    assert mood_of(*missed) == ()


def test_who_insults_instead_of_answering_a_form_is_heard() -> None:
    assert mood_of(StoredTurn(1, "insult", asked_for="defect")) == (Signal("insulted", (1,)),)


def test_every_sign_has_its_words_in_both_languages() -> None:
    shown = ("insulted", "upset", "not_helpful", "not_understood", "asked_again")
    for kind in (*shown, "wanted_human", "thanked", "none", "title"):
        for language in LANGUAGES:
            assert text(f"inbox.handling.mood.{kind}", language)
