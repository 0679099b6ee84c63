"""What is quoted as promised is a debt: everyday sentences of both languages are none."""

import re
from pathlib import Path

import pytest
import yaml

from bot.handoff.promises import LONGEST, MOST, Promise, find_promises

PROMISES = [
    "I'll call you back at 5.30 pm.",
    "We will get back to you tomorrow.",
    "Thank you for waiting, I’ll check it with the warehouse!",
    "We're going to refund the 120 zł today.",
    "If it is not there by Friday, I will send a new one.",
    "I will let you know as soon as it arrives",
    "Someone will phone you before noon.",
    "My colleague will write to you about the invoice.",
    "You'll receive a confirmation in an hour.",
    "You will hear from us by Monday.",
    "I promise, it leaves today.",
    "Oddzwonię o godz. 15.30.",
    "Zadzwonimy do Pana jutro przed południem.",
    "Odezwiemy się do Pani w poniedziałek.",
    "Odezwę się, gdy tylko magazyn odpowie.",
    "Dam znać do końca dnia.",
    "Już sprawdzam, wrócę do Państwa za godzinę.",
    "Wyślemy nową sztukę w środę.",
    "Prześlę fakturę na podany adres.",
    "Sprawdzę to i napiszę do Pani wieczorem.",
    "Jeśli nie dojdzie do piątku, zwrócimy pieniądze.",
    "Otrzyma Pani potwierdzenie e-mailem.",
    "Jutro dostaniesz od nas wiadomość.",
    "Konsultant oddzwoni w ciągu godziny.",
    "Oddzwonie za chwile, zadzwonie po 15.",
    "Będziemy w kontakcie.",
]
EVERYDAY = [
    "Shall I call you back?",
    "Can you let me know the number?",
    "I will need your order number first.",
    "We will be closed on Monday.",
    "I will not be able to change this.",
    "We will never ask for your password.",
    "I won't keep you long.",
    "I'll have to ask you for the invoice.",
    "If you do not hear from us, call the hotline.",
    "You will have to restart the app.",
    "Nobody will call you about it.",
    "We could not call you yesterday.",
    "Please write to us again.",
    "I will ask you three questions.",
    "Unless we get back to you, it stays as it is.",
    "I will order this:",
    "Will you call us?",
    "I tried to phone you.",
    "Czy mam oddzwonić?",
    "Może Pan zadzwonić na infolinię.",
    "Proszę napisać, gdy paczka dojdzie.",
    "Nie oddzwonimy przed poniedziałkiem.",
    "Jeśli nie otrzymasz paczki do piątku, proszę napisać.",
    "W święta będziemy nieczynni.",
    "Nigdy nie prosimy o hasło.",
    "Gdy wrócimy do biura, zapraszamy.",
    "Klient napisze, kiedy mu pasuje.",
    "Nikt nie zadzwoni w tej sprawie.",
    "Sprzęt jest w naprawie.",
    "Nie mogę tego sprawdzić.",
    "Kilka słów, żeby zadzwoniła właściwa osoba.",
    "Producent obiecuje dwa lata gwarancji.",
    "Nie będę więcej o to pytać.",
]


def promised(words: str, who: str = "agent") -> list[str]:
    return [one.words for one in find_promises({}, [], [(3, who, words)])]


@pytest.mark.parametrize("words", PROMISES)
def test_a_promise_is_quoted_as_it_was_said(words: str) -> None:
    assert promised(words) == [words]


@pytest.mark.parametrize("words", EVERYDAY)
def test_what_is_everyday_is_not_quoted(words: str) -> None:
    assert promised(words) == []


def test_of_a_message_only_the_promise_is_quoted() -> None:
    words = "Good morning. I see the order, ul. Prosta 5.\nI'll call you at 5 p.m. tomorrow. OK?"
    assert promised(words) == ["I'll call you at 5 p.m. tomorrow."]
    assert promised("Dzień dobry! Wyślę to do 15. grudnia. Miłego dnia") == [
        "Wyślę to do 15. grudnia."
    ]


def test_who_said_it_where_the_newest_last_and_never_too_many() -> None:
    said = [(seq, "agent", f"I'll call you on day {seq}.") for seq in range(1, 9)]
    found = find_promises({}, [], said)
    assert len(found) == MOST
    assert found[-1] == Promise("words", "I'll call you on day 8.", "agent", 8)


def test_what_was_said_twice_is_quoted_once_from_its_last_place() -> None:
    said = [
        (2, "agent", "I'll call you."),
        (4, "agent", "Dam znać."),
        (6, "agent", "I'll call you."),
    ]
    assert [(one.words, one.seq) for one in find_promises({}, [], said)] == [
        ("Dam znać.", 4),
        ("I'll call you.", 6),
    ]


def test_a_long_sentence_is_cut_with_a_sign() -> None:
    [words] = promised(f"I will call you about {'this and ' * 40}that.")
    assert len(words) <= LONGEST
    assert words.endswith("…")


# What the shipped bot promises, with every blank filled in: nothing of what it only explains.
BOTS = {
    "en": {"utter_refund_checking"},
    "pl": {
        "utter_callback_done",
        "utter_mfa_call_manager",
        "utter_mfa_call_phone",
        "utter_order_returned",
        "utter_refund_checking",
        "utter_two_wishes",
    },
}


@pytest.mark.parametrize("language", ["en", "pl"])
def test_of_all_that_the_bot_can_say_few_sentences_are_promises(language: str) -> None:
    found = set()
    for path in Path("data/responses", language).glob("*.yml"):
        for name, variants in yaml.safe_load(path.read_text("utf-8"))["responses"].items():
            for variant in variants:
                words = re.sub(r"\{\w+\}", "7", variant.get("text") or "")
                if promised(words, "bot"):
                    found.add(name)
    assert found == BOTS[language]


def test_what_the_desk_knows_comes_before_words() -> None:
    planned = {
        "callback_day": "2026-12-01",
        "callback_time": "9:00",
        "callback_phone": "600 100 200",
        "form_confirmed": "yes",
    }
    asked_anew = {"callback_day": "2026-12-02", "form_confirmed": None}
    found = find_promises(
        {"contact": "jan@example.com"},
        [(3, {}), (5, planned), (7, asked_anew)],
        [(8, "agent", "Dam znać.")],
    )
    assert [(one.kind, one.words, one.seq) for one in found] == [
        ("contact", "jan@example.com", None),
        ("callback", "2026-12-01, 9:00, 600 100 200", 5),
        ("words", "Dam znać.", 8),
    ]
    assert find_promises({"contact": ""}, [(7, asked_anew)], []) == ()
