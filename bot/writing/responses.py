"""The bot's own answers, by language, as `data/responses/` and the domain hold them."""

import asyncio
from pathlib import Path
from typing import Any

import structlog
import yaml

from bot.texts import LANGUAGES

log = structlog.get_logger()
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Responses:
    """Read once, at the first question; another model is another start of the service."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, dict[str, str]] | None = None

    async def load(self) -> None:
        """Reads them off the loop, once: seventy files take a moment."""
        if self._read is None:
            self._read = await asyncio.to_thread(self._all)

    def answer(self, intent: str, language: str) -> str | None:
        """What the bot says to this intent; None when it has no plain answer."""
        if self._read is None:
            self._read = self._all()
        return self._read.get(language, {}).get(f"utter_{intent}")

    def _all(self) -> dict[str, dict[str, str]]:
        return {language: self._of(language) for language in LANGUAGES}

    def _of(self, language: str) -> dict[str, str]:
        files = sorted((self._folder / "data" / "responses" / language).glob("*.yml"))
        found: dict[str, str] = {}
        for file in [self._folder / "domain.yml", *files]:
            found |= _texts(file)
        return found


def _texts(file: Path) -> dict[str, str]:
    try:
        content = yaml.load(file.read_text("utf-8"), _LOADER)  # noqa: S506 - a safe loader
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, yaml.YAMLError):
        log.warning("responses.unreadable", file=file.name)
        return {}
    responses = content.get("responses") if isinstance(content, dict) else None
    if not isinstance(responses, dict):
        return {}
    firsts = {name: _first(variants) for name, variants in responses.items()}
    return {str(name): text for name, text in firsts.items() if text}


# `Any`: whatever the file has in that place.
def _first(variants: Any) -> str:
    first = variants[0] if isinstance(variants, list) and variants else None
    text = first.get("text") if isinstance(first, dict) else None
    return text.strip() if isinstance(text, str) else ""
