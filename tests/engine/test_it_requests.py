"""Access, hardware, incidents and ticket status: what is particular to each."""

import os
import signal

import pytest

from tests.dialogue import Dialogue, texts
from tests.engine.it_forms import CASES
from tests.processes import Running

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

ACCESS, HARDWARE, INCIDENT = CASES[2:]
TICKETS = ("20417", "20398", "20431", "20355", "20299")


def test_nobody_approves_for_themselves(employee: Dialogue) -> None:
    ACCESS.fill(employee, until="access_manager")
    refused = texts(employee.say("anna.nowak@volta.example"))
    assert "their own access" in refused[0]
    assert "manager's e-mail" in refused[1]


def test_an_unknown_manager_is_asked_again_and_nothing_else(pracownik: Dialogue) -> None:
    ACCESS.fill(pracownik, until="access_manager")
    pracownik.say("szef@volta.example")
    refused = texts(pracownik.say("tak"))
    assert "Nikt w firmie" in refused[0]
    pracownik.say("piotr.lis@volta.example")
    assert "REQ-" in texts(pracownik.say("tak"))[0]


def test_a_system_without_a_known_owner(employee: Dialogue) -> None:
    ACCESS.start(employee)
    for text in ("Abacus", "read only", "I check invoices", "anna.nowak@volta.example"):
        employee.say(text)
    employee.say("piotr.lis@volta.example")
    assert "finds out who owns Abacus" in texts(employee.say("yes"))[0]


def test_a_laptop_needs_approval_and_is_later_than_tomorrow(employee: Dialogue) -> None:
    HARDWARE.start(employee)
    for text in ("a new laptop", "the old one is too slow", "tomorrow"):
        employee.say(text)
    place = employee.say("no idea")["replies"][-1]["buttons"]
    employee.press('/affirm{"choice": "hardware_place=IT counter"}')
    employee.say("anna.nowak@volta.example")
    done, later = texts(employee.say("yes"))
    assert "manager has to approve" in done
    assert "later than you wished" in later
    assert any("IT counter" in button["payload"] for button in place)


def test_many_people_get_a_person_at_once(pracownik: Dialogue) -> None:
    INCIDENT.start(pracownik)
    for text in ("nie działa system magazynowy", "od rana", "całe biuro", "600 100 217"):
        pracownik.say(text)
    answer = pracownik.say("tak")
    assert "najwyższy priorytet" in texts(answer)[0]
    assert answer["handoff"]["details"]["why"] == "many_affected"
    assert answer["handoff"]["details"]["ticket"].startswith("INC-")
    assert answer["handoff"]["details"]["contact"] == "+48600100217"


def test_an_opened_ticket_can_be_asked_about(employee: Dialogue) -> None:
    INCIDENT.fill(employee)
    (done,) = texts(employee.say("yes"))
    number = next(word for word in done.split() if word.startswith("INC-"))
    assert "has arrived" in texts(employee.say(f"what is the status of ticket {number}?"))[0]


def test_a_guide_that_did_not_help_becomes_a_ticket_that_knows_what_was_tried(
    employee: Dialogue,
) -> None:
    employee.say("the vpn won't connect from home, error 809")
    for _ in range(5):
        employee.press("/not_solved")
    assert "Since when" in texts(employee.say("yes please"))[-1]
    for text in ("since monday", "only me"):
        employee.say(text)
    summary = texts(employee.say("anna.nowak@volta.example"))[-1]
    assert "VPN does not work (809)" in summary
    assert "repaired the VPN client" in summary
    assert "INC-" in texts(employee.say("yes"))[0]


def test_a_ticket_may_be_opened_in_the_middle_of_a_guide(pracownik: Dialogue) -> None:
    pracownik.say("z domu nie łączy mi się vpn")
    pracownik.press("/not_solved")
    assert "Od kiedy" in texts(pracownik.press("/it_incident_report"))[-1]


def test_asks_for_the_number_and_tells_how_far_it_is(employee: Dialogue) -> None:
    asked = texts(employee.say("what is the status of my ticket"))
    assert "number of your ticket" in asked[0]
    told = texts(employee.say("inc 20417"))
    assert "being worked on by Workplace" in told[0]
    assert "number of your ticket" in texts(employee.say("what is the status of my ticket"))[0]


@pytest.mark.parametrize("number", [f"INC-{ticket}" for ticket in TICKETS] + ["REQ-30118"])
def test_every_status_has_words(employee: Dialogue, pracownik: Dialogue, number: str) -> None:
    for dialogue, asked in ((employee, "status of"), (pracownik, "jaki jest status")):
        (said,) = texts(dialogue.say(f"{asked} {number}"))
        assert number in said
        assert "{" not in said


def test_wrong_and_unknown_ticket_numbers(pracownik: Dialogue) -> None:
    pracownik.say("jaki jest status mojego zgłoszenia")
    assert "INC albo REQ i 5 cyfr" in texts(pracownik.say("INC-1"))[0]
    assert "INC-99999" in texts(pracownik.say("INC-99999"))[0]


def test_the_number_can_be_corrected_and_left(employee: Dialogue) -> None:
    employee.say("what is the status of my ticket")
    assert "subject of the e-mail" in texts(employee.say("I don't know"))[0]
    _, asked = texts(employee.say("are you a bot?"))
    assert "number of your ticket" in asked
    answer = employee.say("let me talk to a human")
    assert answer["handoff"]["reason"] == "asked_for_human"


def test_an_unreachable_service_is_said_and_can_be_tried_again(
    employee: Dialogue, itsm: Running
) -> None:
    os.kill(itsm.process.pid, signal.SIGSTOP)
    try:
        (reply,) = employee.say("what is the status of INC-20417")["replies"]
    finally:
        os.kill(itsm.process.pid, signal.SIGCONT)
    assert "ticket system does not answer" in reply["text"]
    again = reply["buttons"][0]["payload"]
    assert "Workplace" in texts(employee.press(again))[0]


def test_an_emergency_in_a_form_gets_its_answer_first(employee: Dialogue) -> None:
    INCIDENT.start(employee)
    said = texts(employee.say("I clicked a link in a phishing mail and typed my password"))
    assert said
    assert "What happens" not in said[0]
