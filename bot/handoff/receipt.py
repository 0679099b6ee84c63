"""The handoff receipt: what of the packet its customer gets to see, and may put right. Pure."""

from collections.abc import Iterator

from bot.channel import HandoffReceipt, PassedOnFact
from bot.handoff.packet import Fact, Packet
from bot.texts import MissingText, catalogue, text

# Of these the customer knows nothing, or cannot know better.
INNER_FACTS = frozenset(
    {
        *("had_by", "given_back", "form_confirmed", "form_change", "guide_outcome", "name"),
        *("status", "state", "amount", "also_wanted", "asked", "tried", "incident_tried"),
        "contact",  # shown as what it is: an e-mail address or a phone number
    }
)
MOST_FACTS = 12
MAX_ASKED = 160


def build_receipt(packet: Packet, conversation: str, language: str) -> HandoffReceipt:
    """In the customer's language. Facts without a label are the dialogue's own affair."""
    asked = packet.wish.words if packet.wish else None
    return HandoffReceipt(
        conversation=conversation,
        reason=_reason(packet.reason, language),
        asked=asked if asked is None or len(asked) <= MAX_ASKED else f"{asked[: MAX_ASKED - 1]}…",
        facts=tuple(_facts(packet, language))[:MOST_FACTS],
    )


def _facts(packet: Packet, language: str) -> Iterator[PassedOnFact]:
    reached = (("email", packet.customer.email), ("phone", packet.customer.phone))
    contact = tuple(Fact(name, value) for name, value in reached if value)
    seen: set[tuple[str, str]] = set()
    for fact in (*contact, *packet.details, *packet.facts):
        label = fact.label[language] if fact.label else _label(fact.name, language)
        if label is None or fact.name in INNER_FACTS or (label, fact.value) in seen:
            continue
        seen.add((label, fact.value))
        value, is_coded = _value(fact, language)
        is_corrected = fact.before is not None or (
            fact in contact and fact.name in packet.corrected
        )
        yield PassedOnFact(fact.name, label, value, is_corrected, not is_coded)


def _reason(reason: str | None, language: str) -> str:
    try:
        return text(f"receipt.reason.{reason}", language)
    except MissingText:
        return text("receipt.reason.action", language)


def _label(name: str, language: str) -> str | None:
    try:
        return text(f"inbox.fact.{name}", language)
    except MissingText:
        return None


def _value(fact: Fact, language: str) -> tuple[str, bool]:
    """The value in words, and whether it is one of a few: those are not free text."""
    try:
        return text(f"inbox.value.{fact.name}.{fact.value}", language), True
    except MissingText:
        prefix = f"inbox.value.{fact.name}."
        return fact.value, any(key.startswith(prefix) for key in catalogue())
