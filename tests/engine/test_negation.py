"""What is a turned-down wish and what is trouble, without an engine."""

from pathlib import Path

import pytest
import tomllib
import yaml

from engine.negation import HUMAN, INTENTS, Negated, negated

ROOT = Path(__file__).resolve().parents[2]
CARE, IT = "customer-care", "it-help"


def turned_down(text: str, desk: str = CARE, best: str = "nlu_fallback") -> str | None:
    found = negated(text, desk=desk, best=[best])
    return None if found is None else found.intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I don't want to cancel", "care_cancel_order"),
        ("I do not want to cancel my order", "care_cancel_order"),
        ("no, I dont want to cancel it", "care_cancel_order"),
        ("please don't cancel my order 10482", "care_cancel_order"),
        ("Don’t cancel it!", "care_cancel_order"),
        ("sorry, I no longer want to cancel", "care_cancel_order"),
        ("I'd rather not cancel", "care_cancel_order"),
        ("I don't want you to cancel anything", "care_cancel_order"),
        ("I don't want to return the headphones", "care_return_item"),
        ("I wouldn't like to send it back", "care_return_item"),
        ("I don't want a refund", "care_refund_status"),
        ("I don't want my money back", "care_refund_status"),
        ("I don't want to exchange it", "care_exchange_item"),
        ("I don't want to change my delivery address", "care_change_address"),
        ("we don't need to change the order", "care_change_order"),
        ("I don't want to delete my account", "care_delete_account"),
        ("I don't want to file a warranty claim", "care_warranty_claim"),
        ("please do not call me", "care_callback"),
        ("I don't want to talk to a human", HUMAN),
        ("I don't need an agent", HUMAN),
        ("nie chcę anulować zamówienia", "care_cancel_order"),
        ("nie chce anulowac zamowienia", "care_cancel_order"),
        ("ale ja nie chcę niczego anulować", "care_cancel_order"),
        ("proszę nie anulować zamówienia 10482", "care_cancel_order"),
        ("nie anulujcie mojego zamówienia!", "care_cancel_order"),
        ("nie chcę zwracać słuchawek", "care_return_item"),
        ("nie chciałabym niczego zwracać", "care_return_item"),
        ("nie chcę zwrotu pieniędzy", "care_refund_status"),
        ("nie zamierzam zmieniać adresu", "care_change_address"),
        ("nie chcę usuwać konta", "care_delete_account"),
        ("nie chcę składać reklamacji", "care_warranty_claim"),
        ("proszę do mnie nie dzwonić", "care_callback"),
        ("nie chcę rozmawiać z człowiekiem", HUMAN),
    ],
)
def test_a_wish_that_is_turned_down(text: str, intent: str) -> None:
    assert turned_down(text) == intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I don't want to reset my password", "it_password_reset"),
        ("please don't open a ticket", "it_incident_report"),
        ("I don't need a new laptop", "it_hardware_request"),
        ("I don't want to install anything", "it_software_install"),
        ("nie chcę resetować hasła", "it_password_reset"),
        ("nie chcę zakładać zgłoszenia", "it_incident_report"),
        ("nie potrzebuję nowego laptopa", "it_hardware_request"),
        ("nie chcę dostępu do SAP", "it_access_request"),
    ],
)
def test_at_the_it_desk(text: str, intent: str) -> None:
    assert turned_down(text, IT) == intent


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to wait any longer for my refund",
        "I can't cancel my order",
        "the app doesn't let me cancel",
        "it doesn't work, I want to return it",
        "I don't know how to return it",
        "they don't want to refund me",
        "you don't want to give me my money back",
        "the shop does not want to refund the money",
        "why don't you cancel it",
        "I don't want this item any more, how do I return it",
        "I don't want to talk to a bot",
        "I don't want to return it by post",
        "I don't want to cancel the whole order",
        "I don't want the newsletter",
        "I don't like the colour, I want to exchange it",
        "my refund has not arrived",
        "don't you have a refund for me?",
        "if I don't want to return it, what can I do",
        "nie chce mi się włączyć laptop",
        "nie mogę się zalogować",
        "nie mogę anulować zamówienia",
        "laptop nie chce się włączyć",
        "sklep nie chce zwrócić pieniędzy",
        "system nie chce mi anulować zamówienia",
        "nie chcę czekać na zwrot pieniędzy",
        "nie chcę rozmawiać z botem",
        "nie chcę już tego produktu, jak go zwrócić",
        "nie dostałem zwrotu pieniędzy",
        "nie zwrócili mi pieniędzy",
        "nie chcę zwracać pocztą",
        "nie chcę anulować całego zamówienia",
        "nie wiem jak zwrócić towar",
        "nie działa zwrot w aplikacji",
        "nie chcę newslettera",
        "chcę anulować zamówienie",
        "where is my order",
    ],
)
def test_trouble_and_other_wishes_are_none(text: str) -> None:
    assert turned_down(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "my laptop doesn't want to start",
        "I can't reset my password",
        "nie chce mi się zresetować hasło",
        "drukarka nie chce drukować",
        "nie mam dostępu do SAP",
        "nie potrzebuję pomocy, dziękuję",
        "I don't have access to SharePoint",
    ],
)
def test_trouble_at_the_it_desk_is_none(text: str) -> None:
    assert turned_down(text, IT) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("I don't want a refund, I want an exchange", "I want an exchange"),
        ("nie chcę zwracać, tylko wymienić na większy", "tylko wymienić na większy"),
        ("My parcel is late but I don't want to cancel", "My parcel is late"),
        ("I don't want to cancel", ""),
    ],
)
def test_the_rest_may_say_what_is_wanted(text: str, rest: str) -> None:
    found = negated(text, desk=CARE, best=[])
    assert found is not None
    assert found.rest == rest


def test_of_two_actions_the_better_guess_is_meant() -> None:
    text = "I don't want to return the laptop"
    assert negated(text, desk=IT, best=["it_device_return"]) == Negated("it_device_return", "")
    assert turned_down("nie chcę zwrotu pieniędzy", best="care_return_item") == "care_return_item"


@pytest.mark.parametrize("language", ["en", "pl"])
def test_each_action_has_its_words(language: str) -> None:
    file = ROOT / "data" / "responses" / language / "negated.yml"
    written = yaml.safe_load(file.read_text("utf-8"))["responses"]
    assert set(written) == {f"utter_negated_{intent}" for intent in INTENTS}


def test_every_action_is_an_intent() -> None:
    with ROOT.joinpath("bot", "texts", "intents.toml").open("rb") as file:
        assert set(INTENTS) - {HUMAN} <= set(tomllib.load(file)["intent"])
