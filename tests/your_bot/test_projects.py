"""Two projects as strangers write them, run as they are: nothing of them knows of Firstline."""

from collections.abc import Iterator

import pytest

from tests.dialogue import Dialogue, texts
from tests.your_bot.guests import PROJECTS, Guest, guest, written_files

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def library() -> Iterator[Guest]:
    """Domain folder, own component, DIET, stories, response selector, own session start."""
    before = written_files(PROJECTS / "library")
    with guest(PROJECTS / "library") as running:
        yield running
    assert written_files(PROJECTS / "library") == before


@pytest.fixture(scope="module")
def clinic() -> Iterator[Guest]:
    """A form, slots that are its own, a service that is down, three ways to a human."""
    before = written_files(PROJECTS / "clinic")
    with guest(PROJECTS / "clinic") as running:
        yield running
    assert written_files(PROJECTS / "clinic") == before


@pytest.fixture
def reader(library: Guest) -> Dialogue:
    return Dialogue(library.http, desk="it-help")


@pytest.fixture
def patient(clinic: Guest) -> Dialogue:
    return Dialogue(clinic.http)


def test_its_own_session_start_greets_once_and_knows_the_desk(reader: Dialogue) -> None:
    assert texts(reader.say("hello")) == [
        "The library bot is awake.",
        "desk it-help",
        "Good day, reader.",
    ]
    assert texts(reader.say("I want to borrow a book"))[0].startswith("Which shelf?")


def test_what_it_has_no_story_for_falls_back_in_its_own_words(reader: Dialogue) -> None:
    reader.say("hello")
    answer = reader.say("hello")
    assert texts(answer) == ["That is not in the catalogue."]
    assert answer["intent"]["name"] == "hello", "also when Rasa takes the message back"


def test_a_story_with_every_kind_of_button(reader: Dialogue) -> None:
    reader.say("hello")
    (shelf,) = reader.say("I want to borrow a book")["replies"]
    assert [button["payload"] for button in shelf["buttons"]] == [
        "/genre_crime",
        "poems please",
        "/faq/opening",
    ]
    assert "Catalogue: https://library.example/catalogue" in shelf["text"]
    answer = reader.press("poems please")
    recommended, attached, enjoy = answer["replies"]
    assert recommended["text"] == "Take this one: genre_poetry (True)"
    assert attached["text"].endswith("map.pdf")
    assert enjoy["image"] == "https://library.example/book.png"


def test_a_reminder_is_dropped_and_said_so(library: Guest, reader: Dialogue) -> None:
    for text in ("hello", "I want to borrow a book", "a detective story"):
        reader.say(text)
    assert "reminder" not in str(reader.state)
    assert "reminder.dropped" in (library.plan.logs / "engine.log").read_text("utf-8", "replace")


def test_retrieved_answers_from_words_and_from_a_button(reader: Dialogue) -> None:
    reader.say("hello")
    assert texts(reader.say("what does the card cost")) == ["A library card is free."]
    assert texts(reader.press("/faq/opening")) == ["We open at nine."]


def test_silence_on_purpose_is_no_failure(reader: Dialogue) -> None:
    reader.say("hello")
    answer = reader.say("shh")
    assert answer["intent"]["name"] == "whisper"
    assert answer["replies"] == []
    assert answer["handoff"] is None


def test_restart_forgets_and_begins_a_session(reader: Dialogue) -> None:
    reader.say("hello")
    answer = reader.say("start over")
    assert answer["intent"]["name"] == "start_over"
    assert texts(answer)[:2] == ["A blank page.", "The library bot is awake."]
    assert texts(reader.say("hello")) == ["Good day, reader."]


def test_a_form_with_validation_and_slots_that_are_its_own(patient: Dialogue) -> None:
    answer = patient.say("book a visit with somebody who speaks german")
    assert answer["slots"]["language"] == "german"
    assert answer["slots"]["requested_slot"] == "day"
    assert texts(patient.say("tuesday"))[0] == "We open on Monday and Friday."
    assert texts(patient.press("Friday")) == ["What is the matter?"]
    assert texts(patient.say("my knee hurts")) == ["Booked for friday: my knee hurts (in german)."]
    assert texts(patient.say("hello")) == ["Welcome back, friday it is."]


def test_an_action_that_fails_is_passed_over_if_something_was_said(patient: Dialogue) -> None:
    assert texts(patient.say("forecast please")) == ["Clinic here."]


def test_an_action_that_fails_in_silence_brings_a_human(patient: Dialogue) -> None:
    assert patient.refused("what is the weather like") == (500, "turn_failed")
    assert texts(patient.say("hello")) == ["Clinic here."]


def test_ways_to_a_human(patient: Dialogue) -> None:
    nurse = patient.say("let me speak to a nurse")
    assert nurse["handoff"] == {"reason": "nurse", "details": {"urgency": "low"}}
    elsewhere = patient.say("transfer me elsewhere")
    assert texts(elsewhere) == ["Passing you on."]
    assert elsewhere["handoff"]["details"]["title"] == "Billing"
    assert patient.say("stop talking bot")["handoff"]["details"] == {"why": "paused"}


def test_not_understood_without_words_of_its_own(patient: Dialogue) -> None:
    answer = patient.say("qwertzu blorp", language="pl")
    assert answer["intent"]["name"] == "nlu_fallback"
    assert answer["replies"][0]["custom"] == {"unclear": True}
    assert "nie rozumiem" in texts(answer)[0]


@pytest.mark.parametrize("text", ["/restart", "/book_visit", " /session_start"])
def test_a_customers_text_is_no_command(patient: Dialogue, text: str) -> None:
    assert patient.say(text)["intent"]["confidence"] < 1


def test_its_state_is_bounded(reader: Dialogue) -> None:
    for _ in range(40):
        reader.say("hello")
    assert reader.state is not None
    heard = [event for event in reader.state["events"] if event["event"] == "user"]
    assert len(heard) == 30
    assert reader.state_bytes() < 20_000
