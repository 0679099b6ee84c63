"""Trains a pipeline through Rasa on labelled messages and asks it every test message."""

from __future__ import annotations

import json
import os
import platform
import random
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import tensorflow as tf
from rasa.model_training import train_nlu
from rasa.shared.utils.io import write_yaml

from engine.benchmark.names import Names
from engine.benchmark.pipelines import Config, seeded
from engine.benchmark.result import Answered, summary
from engine.benchmark.rows import Row, Sets
from engine.progress import say, set_up_rasa, tell_of_training
from engine.understanding import Reader

WARM_UP = 20
EVERY = 50
PACKAGES = ("rasa", "scikit-learn", "tensorflow", "numpy", "onnxruntime")


async def measure(config: Config, sets: Sets, *, pipeline: str, seed: int) -> dict[str, Any]:
    """Everything that goes into the JSON file."""
    set_up_rasa()
    _set_seeds(seed)
    names = Names(row.intent for row in sets.train)
    with TemporaryDirectory(prefix="firstline-benchmark-") as folder:
        model, seconds = _train(seeded(config, seed), sets.train, names, Path(folder))
        answered = await _ask(Reader(model), sets, names)
    return {
        **summary(answered, seconds),
        "peak_mb": _peak_mb(),
        "pipeline": pipeline,
        "seed": seed,
        "rows": {
            "train": sum(row.in_scope for row in sets.train),
            "train_oos": sum(not row.in_scope for row in sets.train),
            "test": sum(row.in_scope for row in sets.test),
            "test_oos": sum(not row.in_scope for row in sets.test),
            "intents": len(sets.intents),
        },
        "versions": _versions(),
        "machine": {"cpus": os.cpu_count(), "platform": platform.platform()},
    }


def _set_seeds(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)  # the generator that Rasa's components use
    tf.random.set_seed(seed)


def _train(config: Config, rows: list[Row], names: Names, folder: Path) -> tuple[Path, float]:
    """The model, and the seconds from the call of Rasa to the written archive."""
    write_yaml(config, folder / "config.yml")
    data = folder / "rows.json"
    pairs = [[row.text, names.trained(row.intent)] for row in rows]
    data.write_text(json.dumps(pairs), "utf-8")
    # Nothing may come out of a cache, and nothing of a benchmark belongs into the bot's.
    os.environ.update(RASA_CACHE_DIRECTORY=str(folder / "cache"), RASA_MAX_CACHE_SIZE="0")
    tell_of_training()
    began = time.perf_counter()
    model = train_nlu(
        str(folder / "config.yml"),
        str(data),
        str(folder),
        fixed_model_name="benchmark",
        additional_arguments={"force_full_training": True},
    )
    return Path(model), time.perf_counter() - began


async def _ask(reader: Reader, sets: Sets, names: Names) -> list[Answered]:
    for row in sets.train[:WARM_UP]:
        await reader.read(row.text)
    answered = []
    for number, row in enumerate(sets.test):
        if number % EVERY == 0:
            say("Test messages", number, len(sets.test))
        got = await reader.read(row.text)
        answered.append(
            Answered(
                truth=row.intent,
                guess=names.given(got.best),
                top=names.given(got.top),
                confidence=got.confidence,
                score=got.score,
                milliseconds=got.milliseconds,
            )
        )
    return answered


def _peak_mb() -> float:
    """The most memory that this process ever had in RAM: training and predicting together."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise RuntimeError("/proc/self/status has no VmHWM")


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
