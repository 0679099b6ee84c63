"""What may be answered before the chat, and what is said about each answer that is not right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk_settings.widget import FormField, Option, WidgetSettings
from bot.intake.form import BadForm, check_form

LABEL = {"en": "Q", "pl": "P"}
ORDER = {"en": "An order", "pl": "Zamówienie"}
ASKED = WidgetSettings(
    form=(
        FormField("name", LABEL, "text", required=True),
        FormField("email", LABEL, "email", required=True),
        FormField("phone", LABEL, "phone", required=False),
        FormField("topic", LABEL, "select", required=False, options=(Option("order", ORDER),)),
    ),
    consent={"en": "I agree.", "pl": "Zgadzam się."},
)
GOOD = {"name": " Anna  Nowak ", "email": "anna@example.com", "phone": "", "topic": "order"}


def wrong(answers: dict[str, str], *, consent: bool = True, language: str = "en") -> dict[str, str]:
    with pytest.raises(BadForm) as told:
        check_form(ASKED, GOOD | answers, consent=consent, language=language)
    return told.value.fields


def test_good_answers_are_kept_with_their_questions_and_without_what_is_empty() -> None:
    answers = check_form(ASKED, GOOD | {"unknown": "x"}, consent=True, language="en")
    assert [(a.key, a.value) for a in answers] == [
        ("name", "Anna Nowak"),
        ("email", "anna@example.com"),
        ("topic", "order"),
    ]
    assert answers[2].shown == ORDER
    assert answers[0].label == LABEL


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("name", "  ", "Please fill this in"),
        ("name", "x" * 501, "This is too long"),
        ("email", "anna@example", "This is no e-mail address"),
        ("email", "anna example.com", "This is no e-mail address"),
        ("email", "a@b.c, d@e.f", "This is no e-mail address"),
        ("phone", "12345", "This is no phone number"),
        ("phone", "call me 601 234 567", "This is no phone number"),
        ("phone", "1" * 16, "This is no phone number"),
        ("topic", "another", "Please fill this in"),
    ],
)
def test_each_mistake_is_told_at_its_field(key: str, value: str, says: str) -> None:
    assert wrong({key: value}) == {key: says}


def test_all_mistakes_are_told_at_once_in_the_customers_language() -> None:
    told = wrong({"name": "", "email": "x"}, consent=False, language="pl")
    assert set(told) == {"name", "email", "consent"}
    assert told["consent"] == "Do rozmowy potrzebna jest zgoda"


@pytest.mark.parametrize("phone", ["+48 601 234 567", "(22) 123-45-67", "0048.601.234.567"])
def test_phone_numbers_as_people_write_them(phone: str) -> None:
    assert check_form(ASKED, GOOD | {"phone": phone}, consent=True, language="en")


def test_a_desk_that_asks_nothing_takes_anything() -> None:
    assert check_form(WidgetSettings(), {"x": "y"}, consent=False, language="en") == ()


@given(st.dictionaries(st.sampled_from([*GOOD, "other"]), st.text(max_size=600)), st.booleans())
def test_whatever_comes_is_kept_or_refused(answers: dict[str, str], consent: bool) -> None:
    problems: dict[str, str] = {}
    try:
        kept = check_form(ASKED, answers, consent=consent, language="en")
    except BadForm as told:
        problems = told.fields
    else:
        assert {"name", "email"} <= {answer.key for answer in kept}
    assert bool(problems) or consent
