"""What all IT forms have: validation, correction, questions in between, and every way out."""

import pytest

from tests.dialogue import Dialogue, texts
from tests.engine.it_forms import CASES, Case, Told, give

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

QUESTIONS = [pytest.param(case, told, id=told.slot) for case in CASES for told in case.questions]
WRONG = [pytest.param(case, told, id=told.slot) for case in CASES for told in case.questions]
EVERY_FORM = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
EVERY_QUESTION = pytest.mark.parametrize(("case", "told"), QUESTIONS)
LANGUAGES = pytest.mark.parametrize("language", ["en", "pl"])


@pytest.fixture
def someone(employee: Dialogue, language: str) -> Dialogue:
    employee.language = language
    return employee


def asked(dialogue: Dialogue) -> object:
    """What the form asks for now."""
    assert dialogue.state is not None
    slots = dict(dialogue.state["slots"])
    for event in dialogue.state["events"]:
        if event["event"] == "slot":
            slots[event["name"]] = event["value"]
    return slots.get("requested_slot")


def value(dialogue: Dialogue, slot: str) -> object:
    return dialogue.say("are you a bot?")["slots"][slot]


@EVERY_FORM
@LANGUAGES
def test_from_the_wish_to_the_reference(someone: Dialogue, case: Case, language: str) -> None:
    case.start(someone)
    for told in case.questions:
        assert asked(someone) == told.slot
        give(someone, told.good(language))
    assert asked(someone) == "form_confirmed"
    answer = someone.press("/affirm")
    said = " ".join(texts(answer))
    assert case.done in said
    assert "{" not in said
    assert asked(someone) is None
    assert all(value(someone, told.slot) is None for told in case.questions)


@EVERY_FORM
@LANGUAGES
def test_the_summary_shows_everything_and_has_three_buttons(
    someone: Dialogue, case: Case, language: str
) -> None:
    case.fill(someone, until=case.questions[-1].slot)
    answer = someone.say(case.questions[-1].good(language))
    summary = answer["replies"][-1]
    assert summary["text"].count("\n- ") == len(case.questions)
    payloads = [button["payload"] for button in summary["buttons"]]
    assert payloads == ["/affirm", "/correction", "/cancel"]


@pytest.mark.parametrize(
    ("case", "told"),
    [
        pytest.param(case, told, id=told.slot)
        for case in CASES
        for told in case.questions
        if told.wrong
    ],
)
@LANGUAGES
def test_a_wrong_answer_is_told_and_the_second_one_offers_a_way_out(
    someone: Dialogue, case: Case, told: Told, language: str
) -> None:
    case.fill(someone, until=told.slot)
    first = someone.say(str(told.wrong))
    assert len(texts(first)) == 2
    assert asked(someone) == told.slot
    second = someone.say(str(told.wrong))
    offered = [button["payload"] for reply in second["replies"] for button in reply["buttons"]]
    assert {"/cancel", "/talk_to_human"} <= set(offered)
    give(someone, told.good(language))
    assert asked(someone) != told.slot


@EVERY_QUESTION
@LANGUAGES
def test_a_question_in_between_is_answered_and_the_form_goes_on(
    someone: Dialogue, case: Case, told: Told, language: str
) -> None:
    case.fill(someone, until=told.slot)
    answer = someone.say("czy jesteś botem?" if language == "pl" else "are you a bot?")
    assert "bot" in texts(answer)[0].lower()
    assert len(texts(answer)) == 2
    assert asked(someone) == told.slot


@EVERY_QUESTION
@LANGUAGES
def test_i_do_not_know_says_where_it_is_found_or_leaves_it_out(
    someone: Dialogue, case: Case, told: Told, language: str
) -> None:
    case.fill(someone, until=told.slot)
    unknown = "nie wiem" if language == "pl" else "I don't know"
    first = someone.say(unknown)
    assert len(texts(first)) == 2
    if told.optional:
        assert asked(someone) != told.slot
        return
    assert asked(someone) == told.slot
    second = someone.say(unknown)
    offered = [button["payload"] for reply in second["replies"] for button in reply["buttons"]]
    assert "/talk_to_human" in offered


@EVERY_FORM
@LANGUAGES
def test_cancel_and_a_person_end_it_anywhere(someone: Dialogue, case: Case, language: str) -> None:
    for told in (*case.questions, None):
        case.fill(someone, until=told.slot if told else None)
        someone.say("jednak nie, przerwij to" if language == "pl" else "never mind, cancel this")
        assert asked(someone) is None
    case.fill(someone)
    wish = "chcę rozmawiać z człowiekiem" if language == "pl" else "let me talk to a human"
    answer = someone.say(wish)
    assert answer["handoff"]["reason"] == "asked_for_human"
    assert answer["slots"][case.questions[0].slot] is not None, "the agent sees what was told"
    assert value(someone, case.questions[0].slot) is None


@EVERY_FORM
@LANGUAGES
def test_anything_can_be_changed_at_the_confirmation(
    someone: Dialogue, case: Case, language: str
) -> None:
    case.fill(someone)
    offered = someone.press("/correction")["replies"][-1]["buttons"]
    change = [button["payload"] for button in offered if "form_change=" in button["payload"]]
    assert len(change) == len(case.questions)
    someone.press(change[-1])
    assert asked(someone) == case.questions[-1].slot
    give(someone, case.questions[-1].good(language))
    assert asked(someone) == "form_confirmed"
