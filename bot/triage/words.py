"""A packet in words, for agents who read it elsewhere than in the inbox. Pure."""

from collections.abc import Iterable

from bot.channel.agents import CaseExchange, CaseFact
from bot.handoff.packet import Exchange, Fact, Packet
from bot.texts import MissingText, text


def named(kind: str, name: str, language: str) -> str:
    """The text `<kind>.<name>`, or the name made readable."""
    try:
        return text(f"{kind}.{name}", language)
    except MissingText:
        return name.replace("_", " ").strip().capitalize()


def reason_in_words(packet: Packet, language: str) -> str | None:
    """Why a person is needed."""
    if packet.reason is None:
        return None
    words = named("inbox.reason", packet.reason, language)
    if packet.action_reason is None:
        return words
    return f"{words} {named('inbox.action_reason', packet.action_reason, language)}"


def topic_in_words(packet: Packet, language: str) -> str | None:
    """What the customer wants, as the bot took it."""
    wish = packet.wish
    if wish is None or not wish.guesses:
        return None
    return " / ".join(
        named("intent", guess.intent, language)
        for guess in wish.guesses[: 1 if wish.is_clear else 2]
    )


def facts_in_words(packet: Packet, language: str) -> tuple[CaseFact, ...]:
    """What is known, each once."""
    found: dict[str, CaseFact] = {}
    for fact in (*packet.details, *packet.facts):
        made = CaseFact(_label(fact, language), _value(fact, language))
        found.setdefault(f"{made.label}: {made.value}", made)
    return tuple(found.values())


def exchanges_in_words(exchanges: Iterable[Exchange]) -> tuple[CaseExchange, ...]:
    """What was asked, and what the bot tried."""
    return tuple(
        CaseExchange(tuple(asked.text for asked in exchange.asked), exchange.answers)
        for exchange in exchanges
    )


def _label(fact: Fact, language: str) -> str:
    return fact.label[language] if fact.label else named("inbox.fact", fact.name, language)


def _value(fact: Fact, language: str) -> str:
    try:
        words = text(f"inbox.value.{fact.name}.{fact.value}", language)
    except MissingText:
        words = fact.value
    if fact.before is None:
        return words
    return text("triage.corrected", language, value=words, before=fact.before)
