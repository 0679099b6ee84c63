"""The component inside Rasa: it trains on lookup tables, is stored, and marks messages."""

import json
import subprocess
from typing import Any

import pytest

from tests.processes import ENGINE_PYTHON, QUIET, ROOT

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]

# Runs in the engine's environment, once for all tests.
SCRIPT = """
import json, tempfile
from pathlib import Path
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from engine.nlu.entities.extractor import SupportEntities

data = TrainingData(
    lookup_tables=[
        {"name": "product", "elements": ["kettle", "laptop"]},
        {"name": "device", "elements": ["laptop"]},
        {"name": "else", "elements": ["moon"]},
    ],
    entity_synonyms={"czajnik": "kettle", "księżyc": "moon"},
)
storage = LocalModelStorage(Path(tempfile.mkdtemp()))
resource, context = Resource("entities"), ExecutionContext(GraphSchema({}))

def config(**options):
    return {**SupportEntities.get_default_config(), **options}

def entities(component, text, desk=None):
    message = Message({"text": text, "metadata": {"desk": desk}})
    return component.process([message])[0].as_dict(only_output_properties=True).get("entities")

def refusal(**options):
    try:
        SupportEntities.create(config(**options), storage, resource, context)
    except InvalidConfigException as error:
        return str(error)

desks = {"product": "shop", "device": "it"}
SupportEntities.create(config(), storage, resource, context).train(data)
loaded = SupportEntities.load(config(desks=desks), storage, resource, context)
few = SupportEntities.load(
    config(kinds=["order_number"], order_number_digits=8), storage, resource, context
)
print(json.dumps({
    "order": entities(loaded, "zwrot 10482 i czajnika, księżyc"),
    "shop": entities(loaded, "laptop", "shop"),
    "it": entities(loaded, "laptop", "it"),
    "nothing": entities(loaded, ""),
    "few": entities(few, "10482 jutro 20261125"),
    "unknown": refusal(kinds=["shoe_size"]),
}))
"""


@pytest.fixture(scope="module")
# `Any`: Rasa's entities are untyped dictionaries.
def outcome() -> dict[str, Any]:
    done = subprocess.run(
        [str(ROOT / ENGINE_PYTHON), "-c", SCRIPT],
        cwd=ROOT,
        env=QUIET,
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_an_entity_has_its_value_its_place_and_what_was_written(outcome: dict[str, Any]) -> None:
    assert outcome["order"] == [
        {
            "entity": "order_number",
            "start": 6,
            "end": 11,
            "value": "10482",
            "raw": "10482",
            "extractor": "SupportEntities",
        },
        {
            "entity": "product",
            "start": 14,
            "end": 22,
            "value": "kettle",
            "raw": "czajnika",
            "extractor": "SupportEntities",
        },
    ]


def test_a_desk_has_its_own_kinds(outcome: dict[str, Any]) -> None:
    assert [one["entity"] for one in outcome["shop"]] == ["product"]
    assert [one["entity"] for one in outcome["it"]] == ["device"]


def test_an_empty_message_names_nothing(outcome: dict[str, Any]) -> None:
    assert outcome["nothing"] == []


def test_options_say_what_to_look_for(outcome: dict[str, Any]) -> None:
    assert [one["value"] for one in outcome["few"]] == ["20261125"]


def test_an_unknown_kind_is_refused_with_the_known_ones(outcome: dict[str, Any]) -> None:
    assert "knows no shoe_size" in outcome["unknown"]
    assert "order_number" in outcome["unknown"]
