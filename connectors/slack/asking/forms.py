"""The windows that ask several facts at once: the bot's own forms, question by question. Pure.

The names of the questions are the slots of the forms in domain.yml, which a test compares.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.texts import text

# `Any`: Slack's JSON.
Json = dict[str, Any]
CALLBACK = "asking.form."
EMAIL = re.compile(r"[^@\s<>(),;]+@[^@\s<>(),;]+\.[^@\s.,;<>()]{2,}")


@dataclass(frozen=True)
class Question:
    """`kind`: line, text, email, day, or choice of `options`; `otherwise` answers what was left."""

    slot: str
    kind: str = "line"
    most: int = 120  # characters
    options: tuple[str, ...] = ()
    otherwise: str = ""


@dataclass(frozen=True)
class WindowForm:
    """What it is called, the intent that begins the bot's form, and what it asks."""

    name: str
    intent: str
    questions: tuple[Question, ...]


FORMS: dict[str, WindowForm] = {
    form.name: form
    for form in (
        WindowForm(
            "access_request",
            "it_access_request",
            (
                Question("access_system", most=60),
                Question("access_level", "choice", options=("read", "write", "admin")),
                Question("access_reason", "text", most=500),
                Question("access_email", "email"),
                Question("access_manager", "email"),
            ),
        ),
        WindowForm(
            "hardware_request",
            "it_hardware_request",
            (
                Question("hardware_device", most=80),
                Question("hardware_reason", "text", most=500),
                Question("hardware_needed_on", "day", otherwise="asap"),
                Question("hardware_place"),
                Question("hardware_email", "email"),
            ),
        ),
        WindowForm(
            "incident_report",
            "it_incident_report",
            (
                Question("incident_summary", "text", most=500),
                Question("incident_since", most=100),
                Question("incident_affected", "choice", options=("me", "team", "many")),
                Question("incident_contact"),
            ),
        ),
    )
}
# Filled in with the address of whoever asks.
OWN_ADDRESS = ("access_email", "hardware_email", "incident_contact")


def form_view(form: WindowForm, language: str, *, state: str, email: str | None) -> Json:
    """The window."""
    return {
        "type": "modal",
        "callback_id": f"{CALLBACK}{form.name}",
        "private_metadata": state,
        "title": _plain(text(f"asking.form.{form.name}", language)),
        "submit": _plain(text("asking.send", language)),
        "close": _plain(text("asking.cancel", language)),
        "blocks": [_input(question, language, email) for question in form.questions],
    }


def answers_of(form: WindowForm, view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by slot."""
    values = (view.get("state") or {}).get("values") or {}
    found = {}
    for question in form.questions:
        given = (values.get(question.slot) or {}).get("value") or {}
        option = given.get("selected_option")
        chosen = option.get("value") if isinstance(option, dict) else None
        words = chosen or given.get("selected_date") or given.get("value") or question.otherwise
        found[question.slot] = str(words).strip()
    return found


def faults_in(form: WindowForm, answers: Mapping[str, str], language: str) -> dict[str, str]:
    """What the window says under which question, before anything is sent."""
    faults = {}
    for question in form.questions:
        value = answers[question.slot]
        if not value:
            faults[question.slot] = text("asking.empty", language)
        elif question.kind == "email" and not EMAIL.fullmatch(value):
            faults[question.slot] = text("asking.no_email", language)
    same = answers.get("access_email", "").lower() == answers.get("access_manager", "-").lower()
    if same and not faults:
        faults["access_manager"] = text("asking.same_person", language)
    return faults


def words_of_answers(form: WindowForm, answers: Mapping[str, str], language: str) -> str:
    """The request as a person reads it: every fact stands in it."""
    lines = [f"{text(f'asking.form.{form.name}', language)}:"]
    for question in form.questions:
        shown = answers[question.slot]
        if question.kind == "choice":
            shown = text(f"inbox.value.{question.slot}.{shown}", language)
        elif shown == question.otherwise:
            shown = text("asking.soon", language).split(": ", 1)[1]
        lines.append(f"{text(f'inbox.fact.{question.slot}', language)}: {shown}")
    return "\n".join(lines)


def _input(question: Question, language: str, email: str | None) -> Json:
    block: Json = {
        "type": "input",
        "block_id": question.slot,
        "label": _plain(text(f"inbox.fact.{question.slot}", language)),
        "element": _element(question, language, email),
    }
    if question.otherwise:
        block |= {"optional": True, "hint": _plain(text("asking.soon", language))}
    return block


def _element(question: Question, language: str, email: str | None) -> Json:
    if question.kind == "day":
        return {"type": "datepicker", "action_id": "value"}
    if question.kind == "choice":
        options = [
            {
                "text": _plain(text(f"inbox.value.{question.slot}.{option}", language)),
                "value": option,
            }
            for option in question.options
        ]
        return {"type": "static_select", "action_id": "value", "options": options}
    element: Json = {
        "type": "plain_text_input",
        "action_id": "value",
        "max_length": question.most,
        "multiline": question.kind == "text",
    }
    if question.slot in OWN_ADDRESS and email:
        element["initial_value"] = email
    return element


def _plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}
