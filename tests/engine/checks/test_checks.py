"""Each mistake in a small project is found where it is; a good project has none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.checks.all import find_all
from engine.checks.findings import Finding

EXAMPLES = "".join(f"    - {{word}} number {number}\n" for number in range(15))
DOMAIN = """intents:
  - greet
  - care_order
entities:
  - number
slots:
  order_number:
    type: text
    mappings:
      - type: from_entity
        entity: number
forms:
  order_form:
    required_slots:
      - order_number
"""
RULES = """rules:
- rule: greet
  steps:
  - intent: greet
  - action: utter_hello
- rule: order
  steps:
  - intent: care_order
  - action: order_form
  - active_loop: order_form
"""
TITLES = '[intent.greet]\nen = "Hi"\n[intent.care_order]\nen = "Order"\n'
RESPONSES = "responses:\n  utter_hello:\n  - text: x\n  utter_ask_order_number:\n  - text: y\n"
Project = Callable[..., list[Finding]]


def nlu(language: str) -> str:
    return "nlu:\n" + "".join(
        f"- intent: {intent}\n  examples: |\n{EXAMPLES.format(word=f'{language} {intent}')}"
        for intent in ("greet", "care_order")
    )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Writes a good project with the given files replaced; returns what is found in it."""
    good = {
        "domain.yml": DOMAIN,
        "config.yml": "pipeline:\n- name: Scope\n  scopes:\n    care_: shop\n    it_: it\n",
        "data/rules/all.yml": RULES,
        "bot/texts/intents.toml": TITLES,
        **{f"data/nlu/{one}/all.yml": nlu(one) for one in ("en", "pl")},
        **{f"data/responses/{one}/all.yml": RESPONSES for one in ("en", "pl")},
    }

    def find(**changed: tuple[str, str]) -> list[Finding]:
        files = dict(good)
        for name, content in changed.values():
            files[name] = content
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
        return find_all(tmp_path)

    return find


def test_a_good_project_has_no_findings(project: Project) -> None:
    assert project() == []


PL = "data/responses/pl/all.yml"
EN = "data/responses/en/all.yml"
NLU = "data/nlu/en/all.yml"
RULE = "data/rules/all.yml"
CASES = {
    "two intents": (NLU, nlu("en") + "    - EN greet, number 3!\n", f"{NLU}:36", "greet"),
    "translation": (
        PL, "responses:\n  utter_hello:\n  - text: x\n", f"{EN}:4", "no translation in pl",
    ),
    "no rule": ("domain.yml", DOMAIN.replace("- care_order\n", "- care_order\n  - lost\n"),
                "domain.yml:4", "in no rule and no story"),
    "unknown intent": (RULE, RULES.replace("intent: greet", "intent: gret"), f"{RULE}:4",
                       "the intent gret does not exist"),
    "unknown response": (RULE, RULES.replace("utter_hello", "utter_helo"), f"{RULE}:5",
                         "the response utter_helo does not exist"),
    "unknown form": (RULE, RULES.replace("active_loop: order_form", "active_loop: orders"),
                     f"{RULE}:10", "the form orders does not exist"),
    "nobody fills": ("domain.yml", DOMAIN.replace("from_entity\n        entity: number", "custom"),
                     "domain.yml:14", "which nobody fills"),
    "unknown entity": ("domain.yml", DOMAIN.replace("entity: number", "entity: nr"),
                       "domain.yml:7", "the entity nr, which does not exist"),
    "unknown slot": ("domain.yml", DOMAIN.replace("      - order_number", "      - colour"),
                     "domain.yml:15", "the slot colour, which does not exist"),
    "too few": (NLU, "".join(
        line for line in nlu("en").splitlines(keepends=True)
        if "greet number" not in line or (line.strip()[-1] in "123" and "number 1" not in line)
    ), "domain.yml:2", "has 2 examples in en"),
    "malformed": (RULE, "rules:\n- rule: x\n  steps: [\n", f"{RULE}:4", "malformed"),
    "no dash": (NLU, nlu("en") + "    and this\n", f"{NLU}:36", "is no example"),
    "undeclared": (NLU, nlu("en") + "- intent: what\n  examples: |\n    - what\n", f"{NLU}:38",
                   "the domain does not know it"),
    "twice": (EN, RESPONSES + "  utter_hello:\n  - text: z\n", f"{EN}:6", "already"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_error_is_named_with_its_place(
    project: Project, case: tuple[str, str, str, str]
) -> None:
    name, content, place, says = case
    found = [one for one in project(changed=(name, content)) if one.severity.value == "error"]
    assert place in [str(one.place) for one in found], found
    assert any(says in one.what and str(one.place) == place for one in found), found
    assert all(one.remedy for one in found)


def test_nobody_asks_for_a_slot(project: Project) -> None:
    silent = RESPONSES.partition("  utter_ask")[0]
    found = project(en=(EN, silent), pl=(PL, silent))
    assert [(str(one.place), "nobody asks" in one.what) for one in found] == [
        ("domain.yml:15", True)
    ]


def test_the_same_sentence_at_two_desks_is_fine(project: Project) -> None:
    domain = DOMAIN.replace("- care_order\n", "- care_order\n  - it_order\n")
    rules = RULES + "- rule: it\n  steps:\n  - intent: it_order\n  - action: utter_hello\n"
    both = {one: nlu(one) + nlu(one).split("- intent: care_order")[1] for one in ("en", "pl")}
    block = {one: f"- intent: it_order{text.split('- intent: care_order')[1]}"
             for one, text in ((one, nlu(one)) for one in both)}  # fmt: skip
    found = project(
        domain=("domain.yml", domain),
        rules=(RULE, rules),
        titles=("bot/texts/intents.toml", TITLES + '[intent.it_order]\nen = "Order"\n'),
        en=(NLU, nlu("en") + block["en"]),
        pl=("data/nlu/pl/all.yml", nlu("pl") + block["pl"]),
    )
    assert found == []


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("", False),
        ('say("utter_late_today")', True),
        ('say(f"utter_late_{status.lower()}")', True),
        ('say(f"utter_{what}_{when}"); x = ("late", "today")', True),
        ('say(f"utter_{what}_{when}")', False),
    ],
)
def test_a_response_may_be_named_in_code(project: Project, code: str, used: bool) -> None:
    late = RESPONSES + "  utter_late_today:\n  - text: z\n"
    found = project(en=(EN, late), pl=(PL, late), code=("actions/late.py", code))
    assert [one.what for one in found] == (
        [] if used else ["the response utter_late_today is never used"] * 2
    )
    assert all(one.severity.value == "warning" for one in found)


def test_titles_that_are_missing_or_left_over(project: Project) -> None:
    found = project(titles=("bot/texts/intents.toml", '[intent.greet]\nen = "x"\n[intent.old]\n'))
    assert [(str(one.place), one.severity.value) for one in found] == [
        ("bot/texts/intents.toml:3", "warning"),
        ("domain.yml:3", "warning"),
    ]
