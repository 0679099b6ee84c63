"""What people answer to a form in a word or three: taken as the answer, whatever it sounds like."""

import pytest

from tests.dialogue import Dialogue, buttons, texts
from tests.engine.it_forms import CASES, EMAIL, MANAGER, give

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

ACCESS, HARDWARE, INCIDENT = CASES[2:]
LANGUAGES = pytest.mark.parametrize("language", ["en", "pl"])


def last(answer: dict[str, object]) -> str:
    return texts(answer)[-1]


def asked(answer: dict[str, object]) -> object:
    slots = answer["slots"]
    assert isinstance(slots, dict)
    return slots["requested_slot"]


def slot(answer: dict[str, object], name: str) -> object:
    slots = answer["slots"]
    assert isinstance(slots, dict)
    return slots[name]


def to_callback_day(someone: Dialogue) -> None:
    someone.say("proszę o telefon" if someone.language == "pl" else "please call me back")
    someone.say("600 100 200")


@pytest.mark.parametrize(
    ("language", "wish", "corrected"),
    [
        ("en", "I want to return order 10447", "wait no 10440"),
        ("en", "I want to return order 10447", "10440"),
        ("pl", "chcę zwrócić zamówienie 10447", "czekaj nie 10440"),
        ("pl", "chcę zwrócić zamówienie 10447", "przepraszam, nr 10 440"),
        ("en", "I want to make a warranty claim for order 10447", "wait no 10440"),
        ("pl", "chcę zgłosić reklamację z gwarancji, zamówienie 10447", "jednak 10440"),
    ],
)
def test_number_is_corrected_at_the_item(
    customer: Dialogue, language: str, wish: str, corrected: str
) -> None:
    customer.language = language
    customer.say(wish)
    answer = customer.say(corrected)
    assert "10440" in texts(answer)[0]
    assert slot(answer, "order_number") == "10440"
    assert "AirPods Pro 2" in buttons(answer)
    customer.say("airpods")
    answer = customer.say("are you a bot?")
    item = slot(answer, "return_item") or slot(answer, "warranty_product")
    assert item == "AirPods Pro 2"


def test_item_by_its_kind(customer: Dialogue, klient: Dialogue) -> None:
    klient.say("chcę zwrócić zamówienie 10447")
    assert slot(klient.say("ekspres"), "return_item") == "Philips 5500 LatteGo"
    customer.say("I want to make a warranty claim for order 10447")
    answer = customer.say("coffee machine")
    assert slot(answer, "warranty_product") == "Philips 5500 LatteGo"


def test_product_that_is_not_in_the_list_is_taken_when_it_is_said_again(
    customer: Dialogue, klient: Dialogue
) -> None:
    customer.say("I want to make a warranty claim for order 10447")
    assert "cannot tell which product" in texts(customer.say("the lamp"))[0]
    assert slot(customer.say("the lamp"), "warranty_product") == "the lamp"
    klient.say("chcę zgłosić reklamację z gwarancji, zamówienie 10447")
    klient.say("lampa")
    assert slot(klient.say("stara lampka nocna"), "warranty_product") == "stara lampka nocna"


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        *(("en", text) for text in ("for reports", "incident reports", "to cancel orders")),
        *(("en", text) for text in ("to help customers", "for meetings")),
        *(("pl", text) for text in ("do raportów", "do zgłaszania awarii", "do spotkań")),
        *(("pl", text) for text in ("do anulowania zamówień", "do pomocy klientom")),
    ],
)
def test_reason_is_no_wish(employee: Dialogue, language: str, reason: str) -> None:
    employee.language = language
    for case, name in ((ACCESS, "access_reason"), (HARDWARE, "hardware_reason")):
        employee.state = None
        case.fill(employee, until=name)
        assert slot(employee.say(reason), name) == reason


@pytest.mark.parametrize(
    ("language", "wish"),
    [("en", "I want to talk to a human"), ("pl", "chcę rozmawiać z człowiekiem")],
)
def test_a_person_is_still_had_at_the_reason(employee: Dialogue, language: str, wish: str) -> None:
    employee.language = language
    ACCESS.fill(employee, until="access_reason")
    assert employee.say(wish)["handoff"]["reason"] == "asked_for_human"


@pytest.mark.parametrize(
    ("language", "topic"),
    [
        *(("en", text) for text in ("my order", "it's about my order", "where is my order")),
        *(("pl", text) for text in ("moje zamówienie", "gdzie jest moje zamówienie")),
    ],
)
def test_topic_of_a_call_begins_nothing_else(customer: Dialogue, language: str, topic: str) -> None:
    customer.language = language
    to_callback_day(customer)
    customer.press('/care_callback{"choice": "callback_day=tomorrow"}')
    customer.say("14:30")
    answer = customer.say(topic)
    assert topic in last(answer)
    assert asked(answer) == "form_confirmed"
    assert "TEL-" in last(customer.press("/affirm"))


@pytest.mark.parametrize(
    ("language", "part", "day", "shown", "hour"),
    [
        ("en", "morning", "tomorrow", "in the morning, about 9:00", "09:00"),
        ("en", "in the afternoon", "tomorrow", "in the afternoon, about 14:00", "14:00"),
        ("pl", "rano", "jutro", "rano, około 9:00", "09:00"),
        ("pl", "wieczorem", "jutro", "wieczorem, około 18:00", "18:00"),
    ],
)
def test_part_of_the_day_is_no_greeting(
    customer: Dialogue, language: str, part: str, day: str, shown: str, hour: str
) -> None:
    customer.language = language
    to_callback_day(customer)
    noted, _ = texts(customer.say(part))
    assert shown in noted
    assert asked(customer.say(day)) == "callback_topic"
    assert shown in last(customer.say("faktura" if language == "pl" else "the invoice"))
    assert hour in last(customer.press("/affirm"))
    to_callback_day(customer)
    customer.say(day)
    assert asked(customer.say(part)) == "callback_topic"


def test_a_greeting_is_still_one(customer: Dialogue, klient: Dialogue) -> None:
    for someone, greeting in ((customer, "good morning"), (klient, "dzień dobry")):
        to_callback_day(someone)
        assert asked(someone.say(greeting)) == "callback_day"
        assert slot(someone.say(greeting), "callback_time") is None


@pytest.mark.parametrize(
    ("language", "soon", "shown"),
    [
        *(("en", text, "as soon as possible") for text in ("asap", "as soon as possible")),
        *(("pl", text, "jak najszybciej") for text in ("jak najszybciej", "od zaraz")),
    ],
)
def test_equipment_as_soon_as_possible(
    employee: Dialogue, language: str, soon: str, shown: str
) -> None:
    employee.language = language
    HARDWARE.fill(employee, until="hardware_needed_on")
    assert asked(employee.say(soon)) == "hardware_place"
    for told in HARDWARE.questions[3:]:
        said = give(employee, told.good(language))
    assert shown in said
    assert "REQ-" in texts(employee.press("/affirm"))[0]


@pytest.mark.parametrize(("language", "yes"), [("en", "yes"), ("pl", "tak, poproszę")])
def test_a_yes_to_the_question_for_a_day_is_asked_again(
    employee: Dialogue, language: str, yes: str
) -> None:
    employee.language = language
    HARDWARE.fill(employee, until="hardware_needed_on")
    answer = employee.say(yes)
    assert "15.12" in texts(answer)[0]
    assert asked(answer) == "hardware_needed_on"
    assert slot(answer, "hardware_needed_on") is None


@pytest.mark.parametrize(
    ("language", "since", "everyone"),
    [
        ("en", "morning", "everyone"),
        ("en", "monday", "all of us"),
        ("pl", "rano", "wszyscy"),
        ("pl", "wczoraj", "wszystkich"),
    ],
)
def test_since_when_and_who(employee: Dialogue, language: str, since: str, everyone: str) -> None:
    employee.language = language
    INCIDENT.fill(employee, until="incident_since")
    assert slot(employee.say(since), "incident_since") == since
    assert slot(employee.say(everyone), "incident_affected") == "many"


@pytest.mark.parametrize(
    ("language", "address"),
    [
        *(("en", text) for text in ("piotr,lis@volta.example", "my manager is piotr.lis@volta")),
        *(("pl", text) for text in ("piotr.lis@volta..example", "mój szef to piotr.lis@volta")),
        *(("en", text) for text in (EMAIL, EMAIL.upper(), "anna.nowak+x@volta.example")),
    ],
)
def test_managers_address_is_checked_when_it_is_given(
    employee: Dialogue, language: str, address: str
) -> None:
    employee.language = language
    ACCESS.fill(employee, until="access_manager")
    answer = employee.say(address)
    assert answer["handoff"] is None
    assert asked(answer) == "access_manager"
    assert slot(answer, "access_manager") is None
    assert asked(employee.say(MANAGER)) == "form_confirmed"


@pytest.mark.parametrize(
    ("language", "wish", "number"),
    [
        ("en", "where is my order", "10 482"),
        ("en", "where is my order", "10-482"),
        ("pl", "gdzie jest moja paczka", "nr 10 482"),
        ("pl", None, "gdzie jest zamówienie 10 482"),
        ("en", None, "where is order number 10-482"),
    ],
)
def test_order_number_in_groups(
    customer: Dialogue, language: str, wish: str | None, number: str
) -> None:
    customer.language = language
    if wish is not None:
        customer.say(wish)
    assert "10482" in texts(customer.say(number))[0]


def test_two_numbers_are_not_one(customer: Dialogue) -> None:
    answer = customer.say("10 482 and 10 500")
    numbers = [one["value"] for one in answer["entities"] if one["entity"] == "order_number"]
    assert numbers == ["10482", "10500"]


@pytest.mark.parametrize(
    ("desk", "address"),
    [("customer-care", "jan.kowalski@gmail.com"), ("it-help", f"my e-mail is {EMAIL}")],
)
@LANGUAGES
def test_an_address_alone_is_asked_what_it_is_about(
    customer: Dialogue, language: str, desk: str, address: str
) -> None:
    customer.language, customer.desk = language, desk
    answer = customer.say(address)
    says = {"en": "What is this e-mail address about?", "pl": "Czego dotyczy ten adres e-mail?"}
    assert says[answer["language"]] in last(answer)
    assert "/talk_to_human" in buttons(answer).values()
    assert answer["intent"]["name"] == "nlu_fallback"


@pytest.mark.parametrize(
    ("language", "attempts"),
    [
        ("en", ("blorp", "blorp")),
        ("pl", ("blorp", "blorp")),
        ("en", ("I don't know", "I don't know")),
        ("pl", ("nie wiem", "nie wiem")),
        ("en", ("I need access to a system", "I need access to a system")),
    ],
)
def test_a_form_explains_nothing_twice_in_the_same_words(
    employee: Dialogue, language: str, attempts: tuple[str, ...]
) -> None:
    employee.language = language
    ACCESS.fill(employee, until="access_level")
    said = [texts(employee.say(text))[0] for text in attempts]
    assert len(set(said)) == len(said)
