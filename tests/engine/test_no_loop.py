"""No form asks the same thing for ever: the third try in vain brings a person, at both desks."""

import os
import signal

import pytest

from tests.dialogue import Dialogue, Json, buttons, texts
from tests.engine.it_forms import CASES, Case, Told
from tests.processes import Running

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

STUCK = {"en": "I will not keep asking you this", "pl": "Nie będę pytać o to w kółko"}


def assert_handed_over(answer: Json, language: str, **told: str) -> None:
    """The customer is told, the agent gets what was collected, and the form is over."""
    assert STUCK[language] in " ".join(texts(answer))
    assert answer["handoff"]["reason"] == "action"
    details = answer["handoff"]["details"]
    assert details == {"why": "form_stuck", "asked": details["asked"], **told}
    assert answer["slots"]["requested_slot"] is None


@pytest.mark.parametrize(
    ("language", "wish", "attempts", "asked"),
    [
        ("en", "where is my order", ("1048", "123456", "12"), "order number"),
        ("en", "where is my order", ("I don't know", "what?", "I don't know"), "order number"),
        ("en", "where is my order", ("where is my order", "99", "my order please"), "order number"),
        ("pl", "gdzie jest moja paczka", ("1048", "nie wiem", "AB-77"), "numer zamówienia"),
        ("pl", "chcę zwrócić produkt", ("99999", "1", "88888"), "numer zamówienia"),
        ("pl", "kiedy dostanę zwrot pieniędzy", ("12", "13", "14"), "numer zamówienia"),
    ],
)
def test_the_third_number_in_vain_brings_a_person(
    customer: Dialogue, language: str, wish: str, attempts: tuple[str, ...], asked: str
) -> None:
    customer.language = language
    customer.say(wish)
    for attempt in attempts[:2]:
        answer = customer.say(attempt)
        assert answer["handoff"] is None
    assert "/talk_to_human" in buttons(answer).values()
    answer = customer.say(attempts[2])
    assert answer["handoff"]["details"]["asked"] == asked
    assert_handed_over(answer, language)


def test_the_agent_sees_what_was_collected(customer: Dialogue) -> None:
    customer.say("I want to return order 10440")
    for item in ("the toaster", "the fridge", "the kettle"):
        answer = customer.say(item)
    assert_handed_over(answer, "en", order_number="10440")
    assert answer["handoff"]["details"]["asked"] == "item"


def test_a_good_answer_begins_the_count_anew(customer: Dialogue) -> None:
    customer.say("I want to return order 10440")
    for item in ("the toaster", "the fridge", "the charger", "no, I meant the airpods"):
        assert customer.say(item)["handoff"] is None


@pytest.mark.parametrize(
    ("case", "told"),
    [
        pytest.param(case, told, id=told.slot)
        for case in CASES
        for told in case.questions
        if told.wrong
    ],
)
@pytest.mark.parametrize("language", ["en", "pl"])
def test_every_question_of_the_it_forms(
    employee: Dialogue, case: Case, told: Told, language: str
) -> None:
    employee.language = language
    case.fill(employee, until=told.slot)
    for _ in range(2):
        assert employee.say(str(told.wrong))["handoff"] is None
    answer = employee.say(str(told.wrong))
    assert STUCK[language] in texts(answer)[-1]
    collected = set(answer["handoff"]["details"]) - {"why", "asked"}
    before = [one.slot for one in case.questions]
    assert set(before[: before.index(told.slot)]) <= collected | {
        one.slot for one in case.questions if one.optional
    }


def test_a_summary_that_is_never_agreed_to_is_not_shown_for_ever(employee: Dialogue) -> None:
    CASES[2].fill(employee)
    for text in ("asdf qwer zxcv", "lkjh uiop mnbv"):
        assert employee.say(text)["handoff"] is None
    answer = employee.say("qwer poiu")
    assert STUCK["en"] in texts(answer)[-1]
    assert answer["handoff"]["details"]["access_system"] == "CRM"


def test_passwords_instead_of_an_answer(employee: Dialogue) -> None:
    CASES[0].fill(employee, until="password_employee_number")
    for _ in range(3):
        answer = employee.say("my password is Kotek!2024")
        assert "do not write passwords" in texts(answer)[0]
    assert "password_email" in answer["handoff"]["details"]
    assert "Kotek" not in str(answer["handoff"])


def test_a_service_that_stays_away_is_tried_three_times(employee: Dialogue, itsm: Running) -> None:
    CASES[4].fill(employee)
    os.kill(itsm.process.pid, signal.SIGSTOP)
    try:
        for _ in range(2):
            assert employee.say("yes")["handoff"] is None
        answer = employee.say("yes")
    finally:
        os.kill(itsm.process.pid, signal.SIGCONT)
    assert "Our system still does not answer" in texts(answer)[-1]
    assert answer["handoff"]["details"]["why"] == "form_unsent"
    assert "SAP closes" in answer["handoff"]["details"]["incident_summary"]


def test_the_offer_of_a_ticket_is_not_made_for_ever(pracownik: Dialogue) -> None:
    pracownik.say("moje wifi nie działa w biurze")
    for _ in range(5):
        pracownik.press("/not_solved")
    assert pracownik.say("nadal nie działa")["handoff"] is None
    assert pracownik.say("nie wiem")["handoff"] is None
    answer = pracownik.say("dalej nic nie działa")
    assert "Sprawą zajmie się człowiek" in texts(answer)[-1]
    assert "tried" in answer["handoff"]["details"]


@pytest.mark.parametrize("text", ["what?", "can you repeat that?", "sorry, say that again"])
def test_what_explains_a_forms_question_and_asks_it_again(customer: Dialogue, text: str) -> None:
    customer.say("where is my order")
    explained, asked = texts(customer.say(text))
    assert "confirmation" in explained
    assert "What is your order number?" in asked


@pytest.mark.parametrize("text", ["co?", "możesz powtórzyć?", "nie zrozumiałem, powtórz proszę"])
def test_what_outside_of_a_form_orders_the_last_words_again(klient: Dialogue, text: str) -> None:
    klient.say("ile kosztuje dostawa")
    (order,) = klient.say(text)["replies"]
    assert order["custom"] == {"repeat": True}
