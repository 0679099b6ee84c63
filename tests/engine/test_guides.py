"""Guided VPN and Wi-Fi troubleshooting: one step at a time, and every way out of it."""

import pytest

from tests.dialogue import Dialogue, texts

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


def last(answer: dict[str, object]) -> str:
    return texts(answer)[-1]


def payloads(answer: dict[str, list[dict[str, list[dict[str, str]]]]]) -> list[str]:
    return [button["payload"] for button in answer["replies"][-1]["buttons"]]


def assert_left(dialogue: Dialogue) -> None:
    """Nothing of the guide is left, so that the next one starts clean."""
    slots = dialogue.say("are you a bot?")["slots"]
    assert all(slots[name] is None for name in ("requested_slot", "form_progress", "guide_outcome"))


def test_a_step_at_a_time_until_it_works(employee: Dialogue) -> None:
    started = employee.say("the vpn won't connect from home")
    assert "Step 1 of 5" in last(started)
    assert payloads(started) == ["/solved", "/not_solved", "/talk_to_human"]
    assert "Step 2 of 5" in last(employee.press("/not_solved"))
    assert "Step 3 of 5" in last(employee.say("no, still the same"))
    solved = employee.say("yes, it works now!")
    assert texts(solved) == ["Good that it works again! If it comes back, just write here."]
    assert_left(employee)


def test_an_error_code_jumps_to_its_step(pracownik: Dialogue) -> None:
    started = pracownik.say("VPN nie działa, błąd 809")
    assert "blokuje VPN" in texts(started)[1]
    assert "hotspotu" in last(started)
    onward = pracownik.press("/not_solved")
    assert "Krok 2 z 5" in last(onward)
    jumped = pracownik.say("teraz mam błąd 691")
    assert "hasło nie zostały przyjęte" in texts(jumped)[0]
    assert "pełnym firmowym adresem" in last(jumped)


def test_a_code_that_no_step_knows_is_noted(employee: Dialogue) -> None:
    employee.say("vpn does not connect")
    answer = employee.say("vpn error 4711")
    assert "noted 4711" in texts(answer)[0]
    assert "Step 1 of 5" in last(answer)


def test_after_the_last_step_a_ticket_is_offered_and_may_be_declined(employee: Dialogue) -> None:
    employee.say("my laptop does not connect to the office wifi")
    for _ in range(4):
        assert "Does Wi-Fi work now?" in last(employee.press("/not_solved"))
    offered = employee.press("/not_solved")
    assert "Shall I open a ticket?" in last(offered)
    assert payloads(offered) == ["/affirm", "/talk_to_human", "/deny"]
    declined = employee.say("no thanks")
    assert "no ticket then" in last(declined)
    assert_left(employee)


def test_a_person_is_told_what_was_tried(pracownik: Dialogue) -> None:
    pracownik.say("VPN nie działa, błąd 809")
    pracownik.press("/not_solved")
    answer = pracownik.say("chcę porozmawiać z człowiekiem")
    assert answer["handoff"] == {
        "reason": "asked_for_human",
        "details": {"why": "VPN nie działa", "tried": "próba w innej sieci", "error_code": "809"},
    }
    assert_left(pracownik)


def test_another_question_is_answered_and_the_step_comes_back(employee: Dialogue) -> None:
    employee.say("vpn does not connect")
    employee.press("/not_solved")
    answered, asked = texts(employee.say("are you a bot?"))
    assert "I am a bot" in answered
    assert "Step 2 of 5" in asked
    assert "Step 3 of 5" in last(employee.say("still does not work"))


def test_a_step_that_one_cannot_do_is_left_out(employee: Dialogue) -> None:
    employee.say("vpn does not connect")
    skipped, asked = texts(employee.say("I don't know how to do that"))
    assert "leave that step out" in skipped
    assert "Step 2 of 5" in asked
    answer = employee.press("/talk_to_human")
    assert answer["handoff"]["details"] == {"why": "VPN does not work"}


def test_say_it_again_says_the_step_again(employee: Dialogue) -> None:
    employee.say("vpn does not connect")
    assert texts(employee.press("/repeat"))[0].startswith("Step 1 of 5")


def test_a_moment_and_thanks_do_not_repeat_the_whole_step(employee: Dialogue) -> None:
    employee.say("vpn does not connect")
    for text in ("one moment please", "thanks"):
        answer = employee.say(text)
        assert texts(answer) == ["Take your time and choose when you have tried it."]
        assert payloads(answer) == ["/solved", "/not_solved", "/talk_to_human"]


def test_naming_the_trouble_again_means_still_not(employee: Dialogue) -> None:
    employee.say("vpn does not connect")
    assert "Step 2 of 5" in last(employee.say("vpn does not connect"))


def test_cancel_leaves_it(employee: Dialogue) -> None:
    employee.say("vpn does not connect")
    employee.say("never mind, forget it")
    assert_left(employee)
    assert "Step 1 of 5" in last(employee.say("vpn does not connect"))


def test_from_one_guide_to_the_other(employee: Dialogue) -> None:
    employee.say("vpn does not connect")
    employee.press("/not_solved")
    assert "Step 1 of 5" in last(employee.press("/it_wifi"))
