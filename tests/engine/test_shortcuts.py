"""Rasa's work done the short way gives what the long way gives."""

from typing import Any

import pytest

from tests.processes import ask_engine

pytestmark = pytest.mark.engine

SCRIPT = """
import copy, json
from rasa.shared.core.domain import Domain
from engine.shortcuts import take_shortcuts

ours = Domain.from_dict({
    "intents": ["greet"],
    "slots": {
        "words": {"type": "text", "mappings": [{"type": "custom"}]},
        "kind": {"type": "categorical", "values": ["a", "b"], "mappings": [{"type": "custom"}]},
        "sure": {"type": "bool", "initial_value": True, "mappings": [{"type": "custom"}]},
    },
})
for slot in ours.slots:
    slot.value = {"words": "hello", "kind": "b", "sure": False}.get(slot.name)
long_way = [vars(copy.copy(slot)) for slot in ours.slots]
empty = [ours.is_empty(), Domain.empty().is_empty()]
take_shortcuts()
twins = [copy.copy(slot) for slot in ours.slots]
short_way = [dict(vars(twin)) for twin in twins]
for twin in twins:
    twin.reset()
print(json.dumps({
    "same": long_way == short_way,
    "kinds": [type(twin) is type(slot) for twin, slot in zip(twins, ours.slots)],
    "apart": [slot.value for slot in ours.slots if slot.name in ("words", "kind", "sure")],
    "empty": [empty, [ours.is_empty(), ours.is_empty(), Domain.empty().is_empty()]],
}))
"""


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    answer: dict[str, Any] = ask_engine(SCRIPT)
    return answer


def test_a_copied_slot_is_what_it_was(found: dict[str, Any]) -> None:
    assert found["same"]
    assert all(found["kinds"])


def test_a_copy_changes_nothing_in_the_slot(found: dict[str, Any]) -> None:
    assert sorted(map(str, found["apart"])) == ["False", "b", "hello"]


def test_a_domain_is_as_empty_as_before(found: dict[str, Any]) -> None:
    assert found["empty"] == [[False, True], [False, False, True]]
