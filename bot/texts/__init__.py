"""Every sentence that a customer or an agent reads, by key, in every language of the desk.

The texts lie beside this file, a topic a TOML file. A key is the table's name:
`[queue.joined]` with `en = "…"` and `pl = "…"`; a sentence that counts has one form for each
plural category of the language (`pl = { one = "…", few = "…", many = "…", other = "…" }`).
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale

LANGUAGES = ("en", "pl")
DEFAULT_LANGUAGE = "en"

Sentence = str | dict[str, str]


class MissingText(LookupError):
    """A key that no file has, or that lacks a language."""


def text(key: str, language: str, /, **values: object) -> str:
    """The sentence for `key`; `count` chooses its plural form and fills `{count}`."""
    try:
        sentence = catalogue()[key][supported(language)]
    except KeyError:
        raise MissingText(f"No text {key!r} in {language!r}: add it in bot/texts/.") from None
    if isinstance(sentence, dict):
        count = values["count"]
        plural = Locale(supported(language)).plural_form
        category = plural(count) if isinstance(count, int) else "other"
        sentence = sentence.get(category, sentence["other"])
    return sentence.format(**values) if values else sentence


def supported(language: str | None) -> str:
    """The language of ours for a tag such as `pl-PL`; English when we do not speak it."""
    tag = (language or "").lower().split("-")[0].split("_")[0]
    return tag if tag in LANGUAGES else DEFAULT_LANGUAGE


@lru_cache
def catalogue() -> dict[str, dict[str, Sentence]]:
    """All texts: key → language → sentence."""
    found: dict[str, dict[str, Sentence]] = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for key, sentences in _flatten(tomllib.loads(path.read_text("utf-8"))):
            if key in found:
                raise ValueError(f"{path.name}: the text {key!r} is already defined elsewhere.")
            found[key] = sentences
    return found


def section(prefix: str) -> dict[str, dict[str, Sentence]]:
    """The texts under `prefix.`, by language and by the rest of their key."""
    return {
        language: {
            key.removeprefix(f"{prefix}."): sentences[language]
            for key, sentences in catalogue().items()
            if key.startswith(f"{prefix}.")
        }
        for language in LANGUAGES
    }


# `Any`: a TOML table nests to any depth; its leaves are checked here.
def _flatten(table: dict[str, Any], prefix: str = "") -> list[tuple[str, dict[str, Sentence]]]:
    if DEFAULT_LANGUAGE in table:
        return [(prefix, table)]
    return [
        row
        for name, inner in table.items()
        for row in _flatten(inner, f"{prefix}.{name}" if prefix else name)
    ]
