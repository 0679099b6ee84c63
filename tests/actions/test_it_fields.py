"""The IT forms' own fields, and what counts as a password."""

import pytest

from actions.forms.field import Value, Words, Wrong
from actions.forms.message import Message
from actions.it.access_request_form import ACCESS_REQUEST
from actions.it.fields import Contact, Named, People, TicketNumber, employee_number
from actions.it.hardware_request_form import ASAP, HARDWARE_REQUEST
from actions.it.incident_report_form import INCIDENT_REPORT
from actions.it.mfa_reset_form import MFA_RESET
from actions.it.password_reset_form import PASSWORD_RESET
from actions.it.passwords import tells_password

LABEL = Words(en="x", pl="x")
TICKET = TicketNumber("ticket_number", LABEL)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("INC-20417", "INC-20417"),
        ("it's inc 20417, thanks", "INC-20417"),
        ("inc20417", "INC-20417"),
        ("req-30118", "REQ-30118"),
        ("20417", "INC-20417"),
        ("204 17", "INC-20417"),
        ("#20417.", "INC-20417"),
    ],
)
def test_a_ticket_number_is_found_however_it_is_typed(text: str, number: str) -> None:
    assert TICKET.read(Message(text)) == Value(number)


@pytest.mark.parametrize("text", ["INC-2041", "1234567", "inc 1"])
def test_what_cannot_be_a_ticket_number_is_named(text: str) -> None:
    assert isinstance(TICKET.read(Message(text)), Wrong)


def test_a_ticket_number_is_noticed_in_the_question() -> None:
    noticed = [
        TICKET.notice(Message("what about inc-20417?", "it_ticket_status")),
        TICKET.notice(Message("20417", "it_give_ticket_number")),
        TICKET.notice(Message("how far is it", "it_ticket_status", 0.9)),
        TICKET.notice(Message("x", entities=(("ticket_number", "INC-20417"),))),
        TICKET.notice(Message("I have 20417 unread mails", "it_email_problem")),
    ]
    assert noticed == ["INC-20417", "INC-20417", None, "INC-20417", None]


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("anna.nowak@volta.example.", Value("anna.nowak@volta.example")),
        ("call me at 600 100 217", Value("+48600100217")),
        ("on 12", Wrong("on 12")),
        ("anna@", Wrong("anna@")),
        ("by pigeon", None),
    ],
)
def test_contact(text: str, reading: Value | Wrong | None) -> None:
    assert Contact("incident_contact", LABEL).read(Message(text)) == reading


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("only me", 1),
        ("tylko ja", 1),
        ("just me I think", 1),
        ("my whole team", 2),
        ("cały zespół", 2),
        ("everybody here", 20),
        ("wszyscy", 20),
        ("całe biuro", 20),
        ("about 12 people", 12),
        ("3", 3),
    ],
)
def test_how_many_are_affected(text: str, people: int) -> None:
    field = INCIDENT_REPORT.field("incident_affected")
    assert isinstance(field, People)
    reading = field.read(Message(text))
    assert isinstance(reading, Value)
    assert People.count(reading.value) == people


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("chcę zgłosić awarię", None),
        ("zglosic awarie!", None),
        ("report a problem", None),
        ("awaria drukarki na 3 piętrze", "awaria drukarki na 3 piętrze"),
        ("nie działa SAP", "nie działa SAP"),
    ],
)
def test_a_wish_to_report_is_not_yet_the_report(text: str, told: str | None) -> None:
    field = INCIDENT_REPORT.field("incident_summary")
    assert field is not None
    assert field.notice(Message(text)) == told


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("read only", "read"),
        ("I need to read and write", "write"),
        ("read/write", "write"),
        ("tylko odczyt", "read"),
        ("odczyt i zapis", "write"),
        ("edycja", "write"),
        ("admin please", "admin"),
    ],
)
def test_level_of_access(text: str, level: str) -> None:
    field = ACCESS_REQUEST.field("access_level")
    assert field is not None
    assert field.read(Message(text)) == Value(level)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("I still have it", "works"),
        ("stary telefon nadal działa", "works"),
        ("it is broken", "gone"),
        ("sprzedałam go", "gone"),
        ("nie działa", "gone"),
        ("lost it on the train", "stolen"),
        ("ktoś mi go ukradł", "stolen"),
    ],
)
def test_the_old_phone(text: str, phone: str) -> None:
    field = MFA_RESET.field("mfa_phone")
    assert field is not None
    assert field.read(Message(text)) == Value(phone)
    assert field.chosen("here") == "here"


@pytest.mark.parametrize(
    ("text", "intent", "answer"),
    [
        ("yes", "affirm", "yes"),
        ("mam", "nlu_fallback", "yes"),
        ("I don't have it any more", "nlu_fallback", "no"),
        ("nie mam", "deny", "no"),
        ("nope", "deny", "no"),
    ],
)
def test_the_app_at_hand(text: str, intent: str, answer: str) -> None:
    field = PASSWORD_RESET.field("password_app")
    assert field is not None
    assert field.read(Message(text, intent)) == Value(answer)


def test_a_system_is_what_the_extractor_calls_it_or_what_is_written() -> None:
    field = Named("access_system", LABEL, entity="application", least=2, most=60)
    told = Message("I need it for SAP FI please", entities=(("application", "SAP"),))
    assert field.read(told) == Value("SAP")
    assert field.notice(told) == "SAP"
    assert field.read(Message("Abacus")) == Value("Abacus")
    assert field.notice(Message("Abacus")) is None


def test_an_employee_number_has_six_digits() -> None:
    field = employee_number("password_employee_number")
    assert field.read(Message("it is 204817")) == Value("204817")
    assert field.read(Message("10482")) == Wrong("10482")


@pytest.mark.parametrize(
    "text",
    [
        "my password is Kotek123",
        "password: hunter2",
        "moje hasło to Kotek!1",
        "haslo: kotek",
        "Kotek!2024x",
        "P@ssw0rd1",
        "xk29-lmQ8zz",
    ],
)
def test_a_password_is_recognised(text: str) -> None:
    assert tells_password(text)


@pytest.mark.parametrize(
    "text",
    [
        "my password is not accepted",
        "the password is expired",
        "my password was wrong three times",
        "hasło jest nieprawidłowe",
        "hasło mi wygasło",
        "I forgot my password",
        "anna.nowak@volta.example",
        "204817",
        "INC-20417",
        "+48600100217",
        "authenticator",
        "https://portal.volta.example/Reset1",
    ],
)
def test_talk_about_a_password_is_none(text: str) -> None:
    assert not tells_password(text)


@pytest.mark.parametrize(
    "text",
    [
        *("asap", "ASAP please", "as soon as possible", "now", "urgent"),
        *("jak najszybciej", "od zaraz", "na wczoraj", "pilne", "natychmiast"),
    ],
)
def test_as_soon_as_possible_is_a_day(text: str) -> None:
    needed_on = HARDWARE_REQUEST.field("hardware_needed_on")
    assert needed_on is not None
    assert needed_on.read(Message(text)) == Value(ASAP)
    assert needed_on.shown(ASAP, "pl") == "jak najszybciej"


@pytest.mark.parametrize("text", ["yes", "tak", "my laptop is slow now"])
def test_a_yes_is_no_day(text: str) -> None:
    needed_on = HARDWARE_REQUEST.field("hardware_needed_on")
    assert needed_on is not None
    assert needed_on.read(Message(text)) is None
