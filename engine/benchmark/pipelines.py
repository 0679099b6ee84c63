"""Which pipeline a benchmark measures: ours, Rasa's own, or any config.yml."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import rasa.engine.recipes
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.exceptions import RasaException
from rasa.shared.utils.io import read_yaml_file

from engine.benchmark.rows import BadFile

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "config.yml"
# What Rasa trains with where `rasa init` leaves the pipeline to it, which it does.
STOCK = Path(rasa.engine.recipes.__file__).parent / "config_files" / "default_config.yml"
IMPORTER = "engine.benchmark.importer.RowsImporter"
# Components that draw random numbers call their seed one of these.
_SEEDS = ("random_seed", "random_state")

# `Any`: a config.yml.
Config = dict[str, Any]


def read_pipeline(name: str) -> Config:
    """The config to train with, for `shipped`, `stock` or a file; raises BadFile."""
    file = {"shipped": SHIPPED, "stock": STOCK}.get(name) or Path(name)
    if not file.is_file():
        raise BadFile(f"There is no pipeline {name}. Give shipped, stock or the path of a file.")
    try:
        config = read_yaml_file(file)
    except RasaException as error:
        raise BadFile(f"{file} is not a config.yml: {error}. Mend it, and try again.") from None
    pipeline = config.get("pipeline") if isinstance(config, dict) else None
    if not isinstance(pipeline, list) or not pipeline:
        raise BadFile(f"{file} has no `pipeline:` with components. Name them there.")
    # Its own components lie beside it.
    sys.path.append(str(file.resolve().parent))
    return {
        "recipe": "default.v1",
        "assistant_id": "benchmark",
        "language": config.get("language") or "en",
        "importers": [{"name": IMPORTER}],
        "pipeline": [_component(file, number, one) for number, one in enumerate(pipeline, 1)],
    }


def _component(file: Path, number: int, component: Any) -> Config:
    found = {"name": component} if isinstance(component, str) else component
    if not isinstance(found, dict) or not isinstance(found.get("name"), str):
        raise BadFile(f"{file}: component {number} of the pipeline has no `name:`. Add it.")
    return dict(found)


def seeded(config: Config, seed: int) -> Config:
    """The same with the seed in every component that has one and was not given any."""
    return {**config, "pipeline": [_seeded(one, seed) for one in config["pipeline"]]}


def _seeded(component: Config, seed: int) -> Config:
    defaults = DefaultV1Recipe._from_registry(component["name"]).clazz.get_default_config()
    return {**{key: seed for key in _SEEDS if key in defaults}, **component}
