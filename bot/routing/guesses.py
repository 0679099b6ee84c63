"""The model's guesses as a customer may see them: topics with a title, as buttons. Pure."""

from collections.abc import Iterable

from bot.channel import Button
from bot.dialogue.turn import Guess
from bot.handoff.packet import BARE_NUMBERS, META_INTENTS
from bot.texts import catalogue, text

# A bare number is something to say, but nothing to ask about.
NO_TOPICS = META_INTENTS | BARE_NUMBERS


def topics(
    ranking: Iterable[Guess], language: str, *, at_least: float, most: int, but: str | None = None
) -> tuple[Button, ...]:
    """The best guesses that name a topic, each once, as buttons that ask for it."""
    found: dict[str, Button] = {}
    for guess in sorted(ranking, key=lambda guess: -guess.confidence):
        is_topic = guess.name not in NO_TOPICS and f"intent.{guess.name}" in catalogue()
        if is_topic and guess.name != but and guess.confidence >= at_least:
            title = text(f"intent.{guess.name}", language)
            found.setdefault(title, Button(title, f"/{guess.name}"))
    return tuple(found.values())[:most]
