"""Are these answers to the desk's questions? Whatever a browser sends is checked here. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.desk_settings.table import Words
from bot.desk_settings.widget import FormField, WidgetSettings
from bot.errors import FirstlineError
from bot.texts import text

LONGEST = 500
# As browsers check <input type="email">, with a dot in the domain.
EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
PHONE = re.compile(r"\+?[\d ().\-/]{7,30}")
DIGITS = re.compile(r"\d")
CONSENT = "consent"


class BadForm(FirstlineError):
    """Some answers are not right; `fields` says which, in the customer's language."""

    code = "bad_form"
    status = 422

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(fields=fields)
        self.fields = fields


class FormFirst(FirstlineError):
    """The desk's questions, or its consent, come before the first message."""

    code = "form_first"
    status = 409


@dataclass(frozen=True)
class Answer:
    """An answer with the question as it was asked, so that it can be read when that has changed."""

    key: str
    kind: str
    label: Words
    value: str
    shown: Words  # the value in words: of a select, its label


def check_form(
    settings: WidgetSettings, answers: Mapping[str, str], *, consent: bool, language: str
) -> tuple[Answer, ...]:
    """The answers that were given, checked; raises BadForm naming every field that is wrong."""
    wrong: dict[str, str] = {}
    given: list[Answer] = []
    for asked in settings.form:
        value = " ".join(answers.get(asked.key, "").split())
        problem = problem_with(asked, value, language)
        if problem is not None:
            wrong[asked.key] = problem
        elif value:
            given.append(Answer(asked.key, asked.kind, asked.label, value, _shown(asked, value)))
    if settings.consent and not consent:
        wrong[CONSENT] = text("widget.form_consent", language)
    if wrong:
        raise BadForm(wrong)
    return tuple(given)


def problem_with(asked: FormField, value: str, language: str) -> str | None:
    """What is wrong with it in words, or None."""
    problem = _problem(asked, " ".join(value.split()))
    return None if problem is None else text(f"widget.{problem}", language)


def _problem(asked: FormField, value: str) -> str | None:
    """The key of what is wrong with it, or None."""
    if not value:
        return "form_required" if asked.required else None
    if asked.kind == "email" and not EMAIL.fullmatch(value):
        return "form_email"
    if asked.kind == "phone":
        digits = len(DIGITS.findall(value))
        return None if PHONE.fullmatch(value) and 7 <= digits <= 15 else "form_phone"
    if asked.kind == "select" and value not in {option.value for option in asked.options}:
        return "form_required"
    return "form_long" if len(value) > LONGEST else None


def _shown(asked: FormField, value: str) -> Words:
    chosen = next((option.label for option in asked.options if option.value == value), None)
    return chosen or dict.fromkeys(asked.label, value)
