"""Password and sign-in app: never a password, always the right person, and the quick way first."""

import os
import signal

import pytest

from tests.dialogue import Dialogue, texts
from tests.engine.it_forms import CASES
from tests.processes import Running

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

PASSWORD, MFA = CASES[0], CASES[1]


def test_who_has_the_app_needs_nobody(employee: Dialogue) -> None:
    PASSWORD.start(employee)
    (answer,) = employee.say("yes")["replies"]
    assert "do it yourself" in answer["text"]
    assert "work e-mail" in texts(employee.press(answer["buttons"][0]["payload"]))[-1]


def test_who_has_the_old_phone_needs_nobody(pracownik: Dialogue) -> None:
    MFA.start(pracownik)
    (answer,) = pracownik.say("stary telefon nadal działa")["replies"]
    assert "Dodaj urządzenie" in answer["text"]
    assert "służbowy adres" in texts(pracownik.press(answer["buttons"][0]["payload"]))[-1]


@pytest.mark.parametrize("slot", [told.slot for told in PASSWORD.questions])
def test_a_password_is_neither_read_nor_repeated(employee: Dialogue, slot: str) -> None:
    PASSWORD.fill(employee, until=slot)
    for typed, count in (("my password is Kotek!2024", 2), ("Kotek!2024x", 3)):
        answer = employee.say(typed)
        assert "do not write passwords" in texts(answer)[0]
        assert len(texts(answer)) == count  # the second time with a way out
        assert "Kotek" not in str(answer["replies"])
        assert "Kotek" not in str(answer["slots"])


def test_a_password_in_the_first_message(pracownik: Dialogue) -> None:
    answer = pracownik.say("nie mogę się zalogować, moje hasło to Kotek!2024, zresetujcie hasło")
    assert "Nie wpisuj tu haseł" in texts(answer)[1]
    assert "Kotek" not in str(answer["slots"])


def test_details_that_do_not_match_are_asked_again_and_then_a_person_comes(
    employee: Dialogue,
) -> None:
    PASSWORD.start(employee)
    for text in ("no", "john.smith@volta.example", "999999", "my phone"):
        employee.say(text)
    for attempt in range(3):
        assert "do not belong together" in texts(employee.say("yes, send it"))[0]
        employee.say("john.smith@volta.example")
        employee.say(f"99999{attempt}")
    answer = employee.say("yes, send it")
    assert "too many attempts" in texts(answer)[0]
    assert answer["handoff"]["details"] == {"why": "password_reset_too_many_attempts"}


def test_without_a_registered_phone_the_link_can_go_to_the_manager(employee: Dialogue) -> None:
    PASSWORD.start(employee)
    for text in ("no", "ewa.wrona@volta.example", "118340", "my phone", "yes"):
        answer = employee.say(text)
    assert "No phone is registered" in texts(answer)[0]
    assert "p•••@volta.example" in texts(employee.say("my manager") and employee.say("yes"))[0]


def test_a_disabled_account_goes_to_a_person(pracownik: Dialogue) -> None:
    MFA.start(pracownik)
    for text in ("zgubiłem", "jan.byly@volta.example", "150023", "tak"):
        answer = pracownik.say(text)
    assert "konto jest wyłączone" in texts(answer)[0]
    assert answer["handoff"]["details"] == {"why": "mfa_reset_account_disabled"}


def test_a_stolen_phone_is_confirmed_by_the_manager_and_should_be_locked(
    employee: Dialogue,
) -> None:
    MFA.start(employee)
    for text in ("it was stolen", "anna.nowak@volta.example", "204817", "yes"):
        answer = employee.say(text)
    done, lock = answer["replies"]
    assert "manager (p•••@volta.example)" in done["text"]
    assert lock["buttons"][0]["payload"] == "/it_lost_device"


def test_a_wrong_number_is_corrected_in_passing(employee: Dialogue) -> None:
    PASSWORD.start(employee)
    for text in ("no", "anna.nowak@volta.example", "204818"):
        employee.say(text)
    changed = texts(employee.say("no, I meant 204817"))
    assert "204817" in changed[0]
    assert "204817" in texts(employee.say("my phone"))[-1]


def test_an_unreachable_service_loses_nothing(employee: Dialogue, itsm: Running) -> None:
    PASSWORD.fill(employee)
    os.kill(itsm.process.pid, signal.SIGSTOP)
    try:
        failed = texts(employee.say("yes"))
    finally:
        os.kill(itsm.process.pid, signal.SIGCONT)
    assert "our system does not answer" in failed[0]
    assert "••• 217" in texts(employee.say("yes"))[0]
