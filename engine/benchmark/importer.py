"""Hands the messages of a benchmark to Rasa as they are.

Written into Rasa's training files they would be read as markup: `[a](b)` an entity, a line break
the end of the example.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_config_file


class RowsImporter(TrainingDataImporter):
    """Reads one JSON file: a list of [text, intent]."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        paths = training_data_paths or []
        self._config = str(config_file)
        self._rows = Path(paths if isinstance(paths, str) else paths[0])

    def get_domain(self) -> Domain:
        """None: every intent of the rows is welcome."""
        return Domain.empty()

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """None: the benchmark is about understanding."""
        return StoryGraph([])

    # `Any`: a config.yml.
    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = read_config_file(self._config)
        return config

    def get_config_file_for_auto_config(self) -> str | None:
        return self._config

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        rows = json.loads(self._rows.read_text("utf-8"))
        return TrainingData([Message.build(text=text, intent=intent) for text, intent in rows])
