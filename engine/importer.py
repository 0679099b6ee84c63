"""Answers are written per language in data/responses/<language>/<topic>.yml and meet here.

Rasa chooses a response variation by the slot `language`; this importer puts that condition on
every variation, so that nobody writes it by hand and no answer can be missing in one language.
A variation may also name the desk that it is for (`desk: it-help`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.utils.io import read_yaml_file

# The first is also what a conversation without a language gets.
LANGUAGES = ("en", "pl")
DEFAULT_FOLDER = "data/responses"
# A variation with `desk: other` is for the desks that no variation names.
OTHER_DESKS = "other"

# `Any`: one variation of a response, as Rasa's domain has it.
Variations = list[dict[str, Any]]


class ResponseError(RasaException):
    """An answer that is missing, doubled or misshapen; says where, and what to do."""


class BilingualImporter(RasaFileImporter):
    """Rasa's own importer, with the answers of both languages merged into the domain."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        responses: str = DEFAULT_FOLDER,
    ) -> None:
        super().__init__(config_file, domain_path, training_data_paths)
        self._folder = Path(config_file or ".").resolve().parent / responses
        # Rasa would take them for the answers of response selectors.
        self._nlu_files: list[str] = [
            file for file in self._nlu_files if self._folder not in Path(file).resolve().parents
        ]
        self._merged: Domain | None = None

    def get_domain(self) -> Domain:
        """Read once: Rasa asks for it several times in one training."""
        if self._merged is None:
            domain = super().get_domain()
            answers = merge_languages(self._folder)
            for key in domain.responses.keys() & answers.keys():
                raise ResponseError(
                    f"{key} is in the domain file and in {self._folder}. Remove one of them."
                )
            self._merged = domain.merge(Domain.from_dict({"responses": answers}))
        return self._merged


def merge_languages(folder: Path) -> dict[str, Variations]:
    """All answers below the folder as conditional variations; raises ResponseError."""
    merged: dict[str, Variations] = {}
    topics = {file.name for language in LANGUAGES for file in (folder / language).glob("*.yml")}
    origin: dict[str, str] = {}
    for topic in sorted(topics):
        in_language = {language: _read(folder / language / topic) for language in LANGUAGES}
        _refuse_missing(in_language, folder, topic)
        for key in in_language[LANGUAGES[0]]:
            if key in merged:
                first, again = origin[key], folder / LANGUAGES[0] / topic
                raise ResponseError(f"{again}: {key} is in {first} already. Keep one of them.")
            origin[key] = topic
            merged[key] = [
                _conditional(language, variation)
                for language in LANGUAGES
                for variation in in_language[language][key]
            ]
    return merged


def _read(file: Path) -> dict[str, Variations]:
    if not file.exists():
        other = " and ".join(LANGUAGES)
        raise ResponseError(f"{file} does not exist. Every topic needs a file in {other}.")
    # Rasa's reader refuses a key that stands twice in one file.
    responses = (read_yaml_file(file) or {}).get("responses")
    if not isinstance(responses, dict):
        raise ResponseError(f"{file} has no `responses:` with answers below it.")
    for key, variations in responses.items():
        _check(file, key, variations)
    return responses


def _check(file: Path, key: str, variations: object) -> None:
    if not key.startswith("utter_"):
        raise ResponseError(f"{file}: {key} must begin with utter_.")
    if not isinstance(variations, list) or not all(isinstance(one, dict) for one in variations):
        raise ResponseError(f"{file}: {key} must be a list of `- text: ...`.")
    if not variations or any("condition" in one for one in variations):
        raise ResponseError(
            f"{file}: {key} needs at least one variation, none with a condition: "
            "the language is the condition, and it is added for you."
        )
    desks = {one.get("desk") for one in variations}
    if desks != {None} and (None in desks or OTHER_DESKS not in desks):
        raise ResponseError(
            f"{file}: {key} differs by desk, so every variation needs `desk:`, "
            f"and one needs `desk: {OTHER_DESKS}`."
        )


def _refuse_missing(answers: dict[str, dict[str, Variations]], folder: Path, topic: str) -> None:
    every_key = {key for responses in answers.values() for key in responses}
    for language, responses in answers.items():
        missing = sorted(every_key - responses.keys())
        if missing:
            raise ResponseError(
                f"{folder / language / topic} lacks {', '.join(missing)}. "
                "Translate it there, or remove it from the other language."
            )


def _conditional(language: str, variation: dict[str, Any]) -> dict[str, Any]:
    desk = variation.pop("desk", None)
    if desk is None and language == LANGUAGES[0]:
        # Rasa prefers a variation whose condition holds; this one is left for everyone else.
        return variation
    wanted = {"language": language, **({} if desk is None else {"desk": desk})}
    conditions = [{"type": "slot", "name": slot, "value": value} for slot, value in wanted.items()]
    return {"condition": conditions, **variation}
