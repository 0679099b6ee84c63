"""What a message means to a form: answers, corrections, questions in between, ways out."""

import pytest

from actions.forms.field import Choice, FreeText, Option, Words
from actions.forms.form import CHANGE, CONFIRMED, Filling, Form, Progress
from actions.forms.kinds import order_number
from actions.forms.meaning import (
    Answers,
    AskAgain,
    Change,
    Confirmed,
    Elsewhere,
    Failed,
    Meaning,
    Unknown,
)
from actions.forms.message import Message
from actions.forms.understand import understand


def both(text: str) -> Words:
    return Words(en=text, pl=text)


FORM = Form(
    name="sample",
    starts=("care_return_item",),
    fields=(
        order_number(),
        Choice(
            "reason",
            both("reason"),
            named="reason|powód",
            options={
                "broken": Option(both("broken"), "broken|zepsut|does not work"),
                "unwanted": Option(both("not wanted"), "changed my mind|rozmyśl"),
            },
        ),
        FreeText("street", both("street"), named="street|ulic", shape=r"\d"),
        FreeText("remarks", both("remarks"), optional=True),
    ),
    answers=frozenset({"care_give_order_number"}),
)
FULL = {"order_number": "10482", "reason": "broken", "street": "Polna 5", "remarks": "none"}


def meaning(
    text: str,
    intent: str = "nlu_fallback",
    *,
    asked: str | None,
    given: dict[str, str] | None = None,
    sure: float = 0.9,
    last: str | None = None,
    **entities: str,
) -> Meaning:
    filling = Filling(FORM, dict(given or {}), Progress(last=last), asked=asked)
    message = Message(text, intent, sure, tuple(entities.items()))
    return understand(filling, message)


def test_first_message_fills_what_it_says() -> None:
    said = meaning(
        "return order 10482, it is broken", "care_return_item", asked=None, order_number="10482"
    )
    assert said == Answers({"order_number": "10482", "reason": "broken"})


@pytest.mark.parametrize("text", ["10482", "#10482", "it is 104 82", "nr: 10482."])
def test_number_is_read_without_an_entity(text: str) -> None:
    said = meaning(text, "care_give_order_number", asked="order_number")
    assert said == Answers({"order_number": "10482"})


@pytest.mark.parametrize(
    ("text", "given"), [("1048", "1048"), ("AB-77", "AB-77"), ("no idea what to say", "no idea")]
)
def test_wrong_answer_is_named(text: str, given: str) -> None:
    said = meaning(text, asked="order_number")
    assert isinstance(said, Failed)
    assert said.given.startswith(given)


def test_digits_in_another_wish_are_no_answer() -> None:
    text = "do you have the iPhone 15 in stock?"
    assert meaning(text, "care_product_availability", asked="order_number") == Elsewhere()


@pytest.mark.parametrize("asked", ["order_number", "reason", "street", CONFIRMED, CHANGE])
def test_a_person_can_be_had_at_any_point(asked: str) -> None:
    assert meaning("let me talk to a human", "talk_to_human", asked=asked, sure=0.4) == Elsewhere()


def test_a_named_option_is_an_answer_even_if_it_sounds_like_the_wish_for_a_person() -> None:
    broken = Answers({"reason": "broken"})
    assert meaning("it is broken", "talk_to_human", asked="reason", sure=0.95) == broken
    assert meaning("well it is really broken", "talk_to_human", asked="reason", sure=0.6) == broken
    surely = meaning("get me someone, it is broken", "talk_to_human", asked="reason", sure=0.95)
    assert surely == Elsewhere()


@pytest.mark.parametrize("asked", ["order_number", "reason", "street", "remarks", CONFIRMED])
@pytest.mark.parametrize("intent", ["cancel", "help", "bot_challenge", "care_danger"])
def test_controls_and_emergencies_are_not_swallowed(asked: str, intent: str) -> None:
    assert meaning("it is about that 5", intent, asked=asked) == Elsewhere()


def test_long_free_text_is_an_answer_whatever_it_is_taken_for() -> None:
    text = "Polna 5, but the bell does not work so please stop at the gate and call me"
    said = meaning(text, "cancel", asked="street", sure=0.6)
    assert said == Answers({"street": text, "reason": "broken"})


def test_question_in_a_free_text_is_answered_first() -> None:
    text = "how much does the delivery cost?"
    assert meaning(text, "care_delivery_cost", asked="street") == Elsewhere()
    assert isinstance(meaning(text, "nlu_fallback", asked="remarks"), Answers)


def test_not_knowing_is_understood() -> None:
    assert meaning("I don't know", "dont_know", asked="order_number") == Unknown("order_number")
    assert meaning("no", "deny", asked="remarks") == Unknown("remarks")


def test_question_that_was_not_understood_is_explained() -> None:
    assert meaning("what?", "repeat", asked="reason") == AskAgain(explain=True)


def test_same_wish_again_only_asks_again() -> None:
    assert meaning("I want to return it", "care_return_item", asked="order_number") == AskAgain()


@pytest.mark.parametrize("position", ["1", "1.", "#1"])
def test_choice_by_its_place_in_the_list(position: str) -> None:
    said = meaning(position, asked="reason")
    assert said == Answers({"reason": "broken"})
    assert isinstance(meaning("7", asked="reason"), Failed)


def test_button_of_the_form() -> None:
    said = meaning("/care_return_item", "care_return_item", asked="reason", choice="reason=broken")
    assert said == Answers({"reason": "broken"})
    late = meaning("/care_return_item", "care_return_item", asked="street", choice="reason=soup")
    assert late == AskAgain()


@pytest.mark.parametrize("asked", ["street", CONFIRMED, CHANGE])
def test_number_is_corrected_later(asked: str) -> None:
    said = meaning("no, I meant 10455", "correction", asked=asked, given=FULL, order_number="10455")
    assert said == Answers({"order_number": "10455"})


def test_number_in_an_answer_does_not_replace_the_first() -> None:
    said = meaning("Polna 10455", asked="street", given={"order_number": "10482"})
    assert said == Answers({"street": "Polna 10455"})


@pytest.mark.parametrize("text", ["the street is wrong", "ulica jest zła", "nie ta ulica"])
def test_correction_names_its_field(text: str) -> None:
    assert meaning(text, "correction", asked=CONFIRMED, given=FULL) == Change("street")


@pytest.mark.parametrize("text", ["the street is Polna 6", "no, ulica ma być Polna 6"])
def test_correction_with_its_new_value(text: str) -> None:
    said = meaning(text, "correction", asked=CONFIRMED, given=FULL)
    assert said == Answers({"street": "Polna 6"})


def test_correction_of_the_last_answer() -> None:
    said = meaning(
        "sorry, I meant Polna 7",
        "correction",
        asked="remarks",
        given={"street": "Polna 5"},
        last="street",
    )
    assert said == Answers({"street": "Polna 7"})


def test_no_to_the_summary_asks_what_to_change() -> None:
    assert meaning("no", "deny", asked=CONFIRMED, given=FULL) == Change(None)
    assert meaning("nie", "nlu_fallback", asked=CONFIRMED, given=FULL) == Change(None)


@pytest.mark.parametrize("text", ["yes", "tak, zgadza się", "ok"])
def test_yes_to_the_summary(text: str) -> None:
    assert meaning(text, "nlu_fallback", asked=CONFIRMED, given=FULL) == Confirmed()


def test_yes_with_a_but_is_no_yes() -> None:
    said = meaning("yes but the street is Polna 8", "affirm", asked=CONFIRMED, given=FULL)
    assert said == Answers({"street": "Polna 8"})


def test_question_at_the_summary_is_answered_first() -> None:
    said = meaning("when do I get the money?", "care_refund_status", asked=CONFIRMED, given=FULL)
    assert said == Elsewhere()


def test_nonsense_confirms_nothing() -> None:
    assert isinstance(meaning("blorp", asked=CONFIRMED, given=FULL), Failed)


def test_words_of_a_choice_are_an_answer_also_when_they_sound_like_stopping() -> None:
    assert meaning("I changed my mind", "cancel", asked="reason") == Answers({"reason": "unwanted"})
    assert meaning("never mind, stop", "cancel", asked="reason") == Elsewhere()


def test_number_is_corrected_while_a_text_is_asked_for() -> None:
    said = meaning(
        "no, I meant 10440",
        "care_give_order_number",
        asked="street",
        given={"order_number": "10447"},
        order_number="10440",
    )
    assert said == Answers({"order_number": "10440"})


def test_unsure_topic_does_not_hide_an_answer() -> None:
    said = meaning("well, it is broken", "care_job", asked="order_number", sure=0.4)
    assert said == Answers({"reason": "broken"})
    sure = meaning("well, it is broken", "care_delivery_damaged", asked="order_number", sure=0.9)
    assert sure == Elsewhere()


@pytest.mark.parametrize(
    "text",
    ["wait no 10440", "czekaj nie 10440", "hold on, sorry, 10440", "jednak 10440", "it's 10440"],
)
@pytest.mark.parametrize("asked", ["street", "reason"])
def test_number_is_corrected_after_a_word_of_pause(text: str, asked: str) -> None:
    for intent in ("care_give_order_number", "wait", "correction"):
        if text == "it's 10440" and intent != "care_give_order_number":
            continue
        said = meaning(
            text,
            intent,
            asked=asked,
            given={"order_number": "10447"},
            sure=0.7,
            order_number="10440",
        )
        assert said == Answers({"order_number": "10440"})


@pytest.mark.parametrize(
    "text", ["do raportów", "do spotkań", "is not loading", "can't log in", "does not light up"]
)
def test_what_only_begins_like_a_question_is_an_answer(text: str) -> None:
    assert meaning(text, "it_incident_report", asked="remarks") == Answers({"remarks": text})


def test_a_question_is_still_one() -> None:
    for text in ("do you ship abroad", "is it in stock", "czy wysyłacie za granicę"):
        assert meaning(text, "care_delivery_abroad", asked="remarks") == Elsewhere()
