"""Every text exists in every language, says the same things, and is proper Polish."""

import re
from pathlib import Path

import pytest

from bot.conversations.state import Status
from bot.errors import FirstlineError
from bot.handoff.reasons import REASONS
from bot.texts import LANGUAGES, MissingText, Sentence, catalogue, supported, text

PLURALS = {"en": {"one", "other"}, "pl": {"one", "few", "many", "other"}}


def forms(sentence: Sentence) -> list[str]:
    return [sentence] if isinstance(sentence, str) else list(sentence.values())


def blanks(sentence: Sentence) -> set[str]:
    return {name for form in forms(sentence) for name in re.findall(r"{(\w+)}", form)}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_a_text_exists_in_every_language_with_the_same_blanks(key: str) -> None:
    sentences = catalogue()[key]
    assert set(sentences) == set(LANGUAGES)
    for language, sentence in sentences.items():
        assert all(form.strip() for form in forms(sentence))
        if isinstance(sentence, dict):
            assert set(sentence) == PLURALS[language]
    assert blanks(sentences["en"]) == blanks(sentences["pl"])


def test_every_error_reason_and_status_has_its_sentence() -> None:
    codes = {kind.code for kind in all_errors(FirstlineError)}
    keys = {f"error.{code}" for code in codes}
    keys |= {f"handoff.why.{reason}" for reason in REASONS}
    keys |= {f"status.{status.value}" for status in Status}
    assert keys <= set(catalogue())


def all_errors(base: type[FirstlineError]) -> set[type[FirstlineError]]:
    return {base}.union(*(all_errors(leaf) for leaf in base.__subclasses__()))


def test_polish_texts_are_written_with_polish_letters() -> None:
    polish = " ".join(form for row in catalogue().values() for form in forms(row["pl"]))
    assert sum(polish.count(letter) for letter in "ąćęłńóśźż") > len(polish) * 0.02


def test_a_missing_text_says_which_and_where_to_add_it() -> None:
    with pytest.raises(MissingText, match=r"'no\.such\.key'.*bot/texts"):
        text("no.such.key", "pl")


@pytest.mark.parametrize(
    ("tag", "language"),
    [("pl", "pl"), ("pl-PL", "pl"), ("PL_pl", "pl"), ("en-GB", "en"), ("de", "en"), (None, "en")],
)
def test_a_language_tag_leads_to_a_language_of_ours(tag: str | None, language: str) -> None:
    assert supported(tag) == language


def test_no_sentence_for_people_hides_in_the_code() -> None:
    """Polish letters in Python belong into the texts; the two parsers' patterns are no prose."""
    offenders = [
        str(path)
        for path in [*Path("bot").rglob("*.py"), *Path("connectors").rglob("*.py")]
        if re.search("[ąćęłńśźż]", path.read_text("utf-8"))
    ]
    assert offenders == []
