"""How the bot's answers to held-out messages are counted, and what advice comes of them."""

from pathlib import Path

import pytest

from engine.benchmark.rows import BadFile
from engine.report.advice import advice
from engine.report.held_out import (
    Question,
    Reply,
    confusions,
    desks_of,
    intents,
    read_questions,
    score,
)

DESKS = {"care_": "shop", "it_": "it"}


def reply(intent: str, top: str, guess: str | None = None, language: str = "en") -> Reply:
    return Reply(Question("hm", intent, "shop", language, language), top, guess or top, 0.5)


def test_a_topic_of_all_desks_is_asked_at_each() -> None:
    assert desks_of("care_x", DESKS) == ["shop"]
    assert desks_of("greet", DESKS) == ["shop", "it"]
    assert desks_of("greet", {}) == [None]


def test_asking_back_with_the_right_guess_is_right_but_not_answered() -> None:
    found = score([reply("a", "nlu_fallback", "a"), reply("a", "a")])
    assert (found["accuracy"], found["answered_right"], found["asked_back"]) == (1.0, 0.5, 0.5)


def test_taking_it_for_out_of_scope_is_wrong_even_if_the_next_guess_is_right() -> None:
    assert score([reply("a", "out_of_scope", "a")])["accuracy"] == 0.0


def test_out_of_scope_is_caught_by_refusing_or_asking_back() -> None:
    rows = [reply("out_of_scope", top, "a") for top in ("out_of_scope", "nlu_fallback", "a", "b")]
    assert score(rows)["out_of_scope_recall"] == 0.5
    # What was caught is on the picture's diagonal.
    assert sum(pair["times"] for pair in confusions(rows)["shop"]) == 4
    assert confusions(rows)["shop"][0] == {"intent": "out_of_scope", "taken_for": "a", "times": 1}


def test_the_weakest_intent_comes_first_with_its_mistakes() -> None:
    found = intents([reply("a", "a"), reply("b", "b"), reply("b", "a", language="pl")])
    assert [one["intent"] for one in found] == ["b", "a"]
    assert found[0]["languages"] == {"en": 1.0, "pl": 0.0}
    assert [mistake["taken_for"] for mistake in found[0]["mistakes"]] == ["a"]


def test_advice_says_what_to_add() -> None:
    weak = intents([reply("b", "a"), reply("b", "nlu_fallback", "c")])[0]
    said = " ".join(advice(weak, {("b", "en"): 12}, {"b": {"a"}}))
    assert "Add 3 English examples" in said
    assert "Taken for a once; the two have near-duplicates" in said
    assert "Not understood once" in said


def test_a_strange_language_in_a_file_is_named(tmp_path: Path) -> None:
    for name in ("held_out.en.csv", "held_out.pl.csv"):
        (tmp_path / name).write_text("text,intent\nhi,greet\n")
    (tmp_path / "typing.csv").write_text("text,intent,language,what\nhi,greet,de,caps\n")
    with pytest.raises(BadFile, match=r"typing\.csv, line 2: the language 'de'"):
        read_questions(tmp_path, DESKS)
