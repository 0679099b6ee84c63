"""Values as people write them."""

from datetime import date

import pytest

from actions.forms.events import BEGUN, RETURNED, TOLD, occasion
from actions.forms.field import Field, Value, Words, Wrong
from actions.forms.form import Filling, Form, Progress, harmless
from actions.forms.kinds import Day, Hour, Phone, email, order_number
from actions.forms.message import Message

LABEL = Words(en="it", pl="to")
TODAY = date(2026, 12, 30)
DAY = Day("day", LABEL, ahead=14, today=lambda: TODAY)
SINCE = Day("since", LABEL, back=400, ahead=0, today=lambda: TODAY)
EMAIL = email("mail", LABEL, named="mail")


def value_of(field: Field, text: str) -> str | None:
    reading = field.read(Message(text))
    return reading.value if isinstance(reading, Value) else None


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (Phone("phone", LABEL), "600 100 200", "+48600100200"),
        (Phone("phone", LABEL), "it's +48 600-100-200, thanks", "+48600100200"),
        (Phone("phone", LABEL), "0048600100200", "+48600100200"),
        (Phone("phone", LABEL), "(22) 600 10 20", "+48226001020"),
        (Phone("phone", LABEL), "+44 20 7946 0958", "+442079460958"),
        (Phone("phone", LABEL), "600 100", None),
        (DAY, "tomorrow", "2026-12-31"),
        (DAY, "pojutrze", "2027-01-01"),
        (DAY, "2.01", "2027-01-02"),
        (DAY, "on 5.1.2027", "2027-01-05"),
        (DAY, "2027-01-03", "2027-01-03"),
        (DAY, "31.02", None),
        (DAY, "yesterday", None),
        (SINCE, "24.12", "2026-12-24"),
        (SINCE, "od wczoraj", "2026-12-29"),
        (Hour("time", LABEL), "14:30", "14:30"),
        (Hour("time", LABEL), "around 3 pm", "15:00"),
        (Hour("time", LABEL), "o 9", "09:00"),
        (Hour("time", LABEL), "22:00", None),
        (EMAIL, "my mail is jan.k@example.com.", "jan.k@example.com"),
        (EMAIL, "jan@example", None),
        (order_number(), "10482", "10482"),
    ],
)
def test_value(field: Field, text: str, value: str | None) -> None:
    assert value_of(field, text) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [(Phone("phone", LABEL), "600 100"), (DAY, "yesterday"), (Hour("time", LABEL), "at 23")],
)
def test_attempt_that_fails_is_named(field: Field, text: str) -> None:
    assert isinstance(field.read(Message(text)), Wrong)


def test_entity_comes_first() -> None:
    told = Message("in three days", entities=(("date", "2027-01-02"),))
    assert DAY.read(told) == Value("2027-01-02")


def test_values_are_shown_as_people_write_them() -> None:
    assert Phone("phone", LABEL).shown("+48600100200", "en") == "+48 600 100 200"
    assert DAY.shown("2026-12-31", "pl") == "31 grudnia 2026"


def test_an_answer_cannot_break_the_reply_that_shows_it() -> None:
    assert harmless("10[0[x") == "10 [0 [x"


def test_what_is_sent_twice_has_the_same_key() -> None:
    form = Form("sample", ("go",), (order_number(),))
    stored = Progress.of(None).stored()
    keys = [
        Filling(form, {"order_number": number}, Progress.of(stored)).idempotency_key()
        for number in ("10482", "10482", "10455")
    ]
    assert keys[0] == keys[1] != keys[2]


def test_a_form_that_begins_in_a_repeated_turn_is_the_same_form() -> None:
    form = Form("sample", ("go",), (order_number(),))
    keys = [
        Filling.begun(form, "en", turn=turn).idempotency_key()
        for turn in ("t1", "t1", "t2", "", "")
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 4
    stored = Progress.of(None, turn="t1").stored()
    assert Progress.of(stored, turn="t2").key == stored["key"]


def test_why_the_form_runs() -> None:
    loop = {"event": "active_loop", "name": "a_form"}
    slot = {"event": "slot", "name": "requested_slot", "value": None}
    own, other = {"event": "action", "name": "a_form"}, {"event": "action", "name": "utter_x"}
    listen, user = {"event": "action", "name": "action_listen"}, {"event": "user"}
    assert occasion([listen, user, loop, slot, own], "a_form") == BEGUN
    assert occasion([listen, user, other, loop, slot, own, slot], "a_form") == BEGUN
    assert occasion([loop, own, listen, user, slot, own], "a_form") == TOLD
    assert occasion([loop, own, listen, user, slot, other, slot, own], "a_form") == RETURNED
