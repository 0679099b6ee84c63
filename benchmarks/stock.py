"""Stock Rasa beside ours: the default pipeline and policies, trained on the same data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from benchmarks.console import step
from tests.processes import ENGINE_PYTHON, QUIET, ROOT, Running, free_port, running

# What `rasa train` puts into an empty config.yml of version 3.6.
CONFIG = {
    "recipe": "default.v1",
    "assistant_id": "stock",
    "language": "en",
    "importers": [
        {"name": "engine.importer.BilingualImporter", "responses": str(ROOT / "data/responses")}
    ],
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {
            "name": "CountVectorsFeaturizer",
            "analyzer": "char_wb",
            "min_ngram": 1,
            "max_ngram": 4,
        },
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {
            "name": "UnexpecTEDIntentPolicy",
            "max_history": 5,
            "epochs": 100,
        },
        {
            "name": "TEDPolicy",
            "max_history": 5,
            "epochs": 100,
            "constrain_similarities": True,
        },
    ],
}


def train_stock(folder: Path) -> Path:
    """Trains the default pipeline (some minutes); the model lies in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yml"
    config.write_text(yaml.safe_dump(CONFIG, sort_keys=False))
    command = [
        *(ENGINE_PYTHON, "-m", "rasa", "train", "--force", "--config", str(config)),
        *("--domain", str(ROOT / "domain.yml"), "--data", str(ROOT / "data")),
        *("--out", str(folder), "--fixed-model-name", "stock"),
    ]
    step("training stock Rasa", command, log=folder / "train.log", env=QUIET)
    return folder / "stock.tar.gz"


@contextmanager
def stock_engine(model: Path, folder: Path) -> Iterator[Running]:
    """`rasa run` as it comes: REST channel, tracker store in memory."""
    credentials, endpoints = folder / "credentials.yml", folder / "endpoints.yml"
    credentials.write_text("rest:\n")
    endpoints.write_text("# nothing: everything in memory\n")
    port = free_port()
    command = [
        *(ENGINE_PYTHON, "-m", "rasa", "run", "--model", str(model)),
        *("--credentials", str(credentials), "--endpoints", str(endpoints)),
        *("-i", "127.0.0.1", "--port", str(port)),
    ]
    log = folder / "engine.log"
    with running(command, port=port, ready="/", log=log, env=QUIET) as started:
        yield started
