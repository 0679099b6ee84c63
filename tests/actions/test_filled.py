"""A window of a channel gives a form all its answers at once."""

import json

import pytest

from actions.forms.form import Filling
from actions.forms.meaning import Answers
from actions.forms.message import Message
from actions.forms.understand import understand
from actions.it.access_request_form import ACCESS_REQUEST
from actions.it.hardware_request_form import HARDWARE_REQUEST
from actions.it.incident_report_form import INCIDENT_REPORT

ACCESS = {
    "access_system": "SAP",
    "access_level": "write",
    "access_reason": "I enter the sales orders of my region",
    "access_email": "ada@acme.example",
    "access_manager": "piotr@acme.example",
}


def taken(form: object, answers: object) -> dict[str, str]:
    told = answers if isinstance(answers, str) else json.dumps(answers)
    message = Message("/it_access_request", "it_access_request", 1.0, (("filled", told),))
    meaning = understand(Filling.begun(form, "en"), message)  # type: ignore[arg-type]
    assert isinstance(meaning, Answers)
    return meaning.values


@pytest.mark.parametrize(
    ("form", "answers"),
    [
        (ACCESS_REQUEST, ACCESS),
        (
            HARDWARE_REQUEST,
            {
                "hardware_device": "27-inch monitor",
                "hardware_reason": "the old one is broken",
                "hardware_needed_on": "asap",
                "hardware_place": "Warsaw, floor 3, desk 12",
                "hardware_email": "ada@acme.example",
            },
        ),
        (
            INCIDENT_REPORT,
            {
                "incident_summary": "SAP closes when I save an order",
                "incident_since": "since this morning",
                "incident_affected": "team",
                "incident_contact": "ada@acme.example",
            },
        ),
    ],
)
def test_every_fact_is_taken_and_nothing_is_asked_but_whether_it_is_right(
    form: object, answers: dict[str, str]
) -> None:
    assert taken(form, answers) == answers
    filling = Filling.begun(form, "en")  # type: ignore[arg-type]
    filling.values.update(answers)
    assert filling.missing() == "form_confirmed"


def test_what_is_no_answer_is_asked_again() -> None:
    found = taken(ACCESS_REQUEST, ACCESS | {"access_level": "god", "access_manager": "my boss"})
    assert set(ACCESS) - set(found) == {"access_level", "access_manager"}
    assert "other" not in taken(ACCESS_REQUEST, ACCESS | {"other": "x"})


def test_typed_words_cannot_fill_in_a_form() -> None:
    message = Message("hello", "greet", 1.0, (("filled", json.dumps(ACCESS)),))
    assert message.filled()
    meaning = understand(Filling.begun(ACCESS_REQUEST, "en"), message)
    assert not isinstance(meaning, Answers) or meaning.values == {}


@pytest.mark.parametrize("junk", ["", "[]", "no json", "1"])
def test_junk_is_nothing(junk: str) -> None:
    message = Message("/it_access_request", "it_access_request", 1.0, (("filled", junk),))
    assert message.filled() == {}


@pytest.mark.parametrize("asked", ["access_system", "access_reason", "form_confirmed"])
def test_a_window_opened_under_a_question_answers_that_one_and_all_others(asked: str) -> None:
    filling = Filling.begun(ACCESS_REQUEST, "en")
    filling.asked = asked
    message = Message("/x", "it_access_request", 1.0, (("filled", json.dumps(ACCESS)),))
    assert understand(filling, message) == Answers(ACCESS)
