"""Things with names are found in every case of theirs, and nothing else is."""

import pytest

from engine.nlu.entities.country import find
from engine.nlu.entities.lookup import Lookup, names_of, words_with_keys
from engine.nlu.entities.stems import stem

FORMS = [
    "sluchawki sluchawek sluchawkami sluchawce",
    "pralka pralke pralce pralek",
    "zegarek zegarka zegarkiem",
    "kabel kabla kable",
    "monitor monitorze monitory",
    "tablet tablecie tabletow",
    "outlook outlooku outlookiem",
]
NAMES = {
    "moje sluchawki nie dzialaja": ("product", ["headphones"]),
    "zwrot pralki i telewizora": ("product", ["washing machine", "TV"]),
    "my robot vacuums are loud": ("product", ["robot vacuum"]),
    "ekran w lodówce": ("product", ["fridge"]),
    "etui do iPhone'a": ("product", ["phone case", "phone"]),
    "kindly send it": ("product", []),
    "komputer pada": ("product", ["computer"]),
    "nowa stacja dokująca": ("device", ["docking station"]),
    "w Teamsach nie ma dźwięku": ("application", ["Teams"]),
    "my team is waiting": ("application", []),
    "SAP-a nie ma, w SAPie też": ("application", ["SAP", "SAP"]),
    "VPN-em się nie łączę": ("application", ["VPN"]),
    "Microsoft Outlook w excelu": ("application", ["Outlook", "Excel"]),
}
COUNTRIES = {
    "czy wysyłacie do Niemiec?": ["DE"],
    "w Niemczech albo Czechach": ["DE", "CZ"],
    "do Wielkiej Brytanii": ["GB"],
    "to the USA or the UK": ["US", "GB"],
    "konto w niemieckim banku": ["DE"],
    "my Dutch address": ["NL"],
    "poza Polskę, do Danii": ["PL", "DK"],
    "in German please": [],
    "po polsku proszę": [],
    "polskie znaki": [],
    "do you accept American Express?": [],
    "cześć, brakuje części": [],
    "moje dane": [],
    "it is not so": [],
    "w dobrym stanie": [],
}


@pytest.mark.parametrize("forms", FORMS)
def test_the_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(("text", "kind", "values"), [(t, k, v) for t, (k, v) in NAMES.items()])
def test_a_message_names_these_things(
    lookups: dict[str, Lookup], text: str, kind: str, values: list[str]
) -> None:
    assert [found.value for found in lookups[kind].find(text)] == values


@pytest.mark.parametrize(("text", "values"), COUNTRIES.items())
def test_a_message_names_these_countries(
    lookups: dict[str, Lookup], text: str, values: list[str]
) -> None:
    found = find(text, words_with_keys(text), lookups["country"])
    assert [one.value for one in found] == values


def test_a_code_is_no_name() -> None:
    assert names_of(["NO", "TV set"], {"Norway": "NO", "else": "XX"}) == {
        "TV set": "TV set",
        "Norway": "NO",
    }


def test_the_ending_after_a_dash_belongs_to_the_name(lookups: dict[str, Lookup]) -> None:
    (found,) = lookups["application"].find("nie ma SAP-a dziś")
    assert found.text == "SAP-a"
