"""Every form is complete: what it asks, says and remembers exists, in both languages."""

import importlib
import json
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.forms.field import Choice
from actions.forms.form import CHANGE, CONFIRMED, Form
from actions.forms.registry import FORMS
from bot.routing.policy import ASKS_FOR_NUMBER, BARE_NUMBERS, EMERGENCIES

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("en", "pl")
DECLARES = re.compile(r"^\w+ = register\(", re.MULTILINE)


def all_forms() -> list[Form]:
    for file in sorted(ROOT.joinpath("actions").rglob("*.py")):
        if DECLARES.search(file.read_text("utf-8")):
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    return list(FORMS.values())


@lru_cache
# `Any`: YAML.
def domain() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(ROOT.joinpath("domain.yml").read_text("utf-8"))
    return loaded


@lru_cache
def responses(language: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for file in ROOT.joinpath("data", "responses", language).glob("*.yml"):
        found |= yaml.safe_load(file.read_text("utf-8"))["responses"]
    return found


@lru_cache
# `Any`: TOML.
def inbox() -> dict[str, Any]:
    with ROOT.joinpath("bot", "texts", "facts.toml").open("rb") as file:
        loaded: dict[str, Any] = tomllib.load(file)["inbox"]
    return loaded


def payloads(response: list[dict[str, Any]]) -> list[str]:
    return [
        button["payload"].replace("{{", "{").replace("}}", "}")
        for variation in response
        for button in variation.get("buttons", [])
    ]


forms = pytest.mark.parametrize("form", all_forms(), ids=lambda form: form.name)


def test_the_desk_knows_which_topics_ask_for_a_number() -> None:
    starts = {
        intent
        for form in all_forms()
        if set(form.slots) & set(BARE_NUMBERS.values())
        for intent in form.starts
    }
    assert starts - set(BARE_NUMBERS) == ASKS_FOR_NUMBER


def test_the_desk_knows_emergencies_by_their_responses() -> None:
    assert set(responses("en")) >= EMERGENCIES


def test_there_are_forms() -> None:
    assert len(all_forms()) >= 6


@forms
def test_domain_knows_the_form(form: Form) -> None:
    required = domain()["forms"][form.loop]["required_slots"]
    assert required == [*form.slots, *([CONFIRMED] if form.confirms else [])]
    assert f"validate_{form.loop}" in domain()["actions"]
    assert set(form.starts) | form.answers <= set(domain()["intents"])
    for slot in form.slots:
        described = domain()["slots"][slot]
        assert described["mappings"] == [{"type": "custom"}]
        assert described["influence_conversation"] is False


@forms
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_the_form_may_say_is_written(form: Form, language: str) -> None:
    written = responses(language)
    asked = {*written, *domain()["actions"]}
    for field in form.fields:
        questions = {
            f"{kind}_ask_{name}"
            for kind in ("utter", "action")
            for name in (field.slot, f"{form.loop}_{field.slot}")
        }
        # What is never asked has no question: whoever says it, says it.
        if field.needed({}):
            assert questions & asked, f"nobody asks for {field.slot}"
            assert f"utter_{field.answers}_wrong" in written
            assert f"utter_{field.answers}_where" in written
    if form.confirms:
        (summary,) = written[f"utter_{form.name}_summary"]
        assert "{summary}" in summary["text"]
        assert payloads([summary]) == ["/affirm", "/correction", "/cancel"]


@forms
@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_carry_values_that_the_form_takes(form: Form, language: str) -> None:
    for field in form.fields:
        for key in (f"utter_ask_{field.slot}", f"utter_ask_{form.loop}_{field.slot}"):
            for payload in payloads(responses(language).get(key, [])):
                intent, _, entities = payload.lstrip("/").partition("{")
                assert intent in domain()["intents"]
                if not entities:
                    continue
                slot, _, value = json.loads("{" + entities)["choice"].partition("=")
                taken = form.field(slot)
                assert taken is not None, payload
                assert taken.chosen(value) is not None, payload


@forms
def test_agents_read_what_was_collected_in_their_language(form: Form) -> None:
    facts = inbox()["fact"]
    for slot in (*form.slots, CONFIRMED, CHANGE):
        assert set(facts[slot]) == set(LANGUAGES), slot


@forms
def test_agents_read_what_was_chosen_in_their_language(form: Form) -> None:
    for field in form.fields:
        for value in field.options if isinstance(field, Choice) else ():
            assert set(inbox()["value"][field.slot][value]) == set(LANGUAGES), value


def test_agents_read_what_was_extracted_in_their_language() -> None:
    names = {name for name in domain()["entities"] if name != "choice"}
    assert len(names) > 10
    assert names <= set(inbox()["fact"])


@forms
def test_every_choice_has_its_button(form: Form) -> None:
    for field in form.fields:
        if isinstance(field, Choice) and field.needed({}):
            for language in LANGUAGES:
                # Not always under its question: some only make sense after another answer.
                carried = str([payloads(response) for response in responses(language).values()])
                for value in field.options:
                    assert f"{field.slot}={value}" in carried


@forms
def test_an_intent_starts_it_and_a_rule_ends_it(form: Form) -> None:
    rules = [
        rule
        for file in ROOT.joinpath("data", "rules").glob("*.yml")
        for rule in yaml.safe_load(file.read_text("utf-8"))["rules"]
    ]
    started = {rule["steps"][0].get("intent") for rule in rules if runs(rule, form)}
    assert set(form.starts) <= started
    assert any(rule.get("condition") == [{"active_loop": form.loop}] for rule in rules)


def runs(rule: dict[str, Any], form: Form) -> bool:
    return any(step.get("action") == form.loop for step in rule["steps"])
