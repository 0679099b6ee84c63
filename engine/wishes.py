"""Two wishes in one message: what is one matter, and which wish comes first. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.emergencies import EMERGENCIES

# Where the second wish waits, see domain.yml.
SLOT = "next_topic"
OFFER = "utter_next_topic"
# A part must be this clear to be a wish of its own; the honesty threshold is about half of it.
CLEAR = 0.65
# A message that is this clear as a whole is one wish, unless its second part asks for something,
# and both parts are as good as certain.
WHOLE = 0.97
CERTAIN = 0.865
# A whole whose meaning is less sure than this (two share it) gives way to its first part.
HAZY = 0.6
SHOWN = 80
TOPICS = ("care_", "it_")
# Only says more about the other part.
VAGUE = frozenset(
    {"care_give_order_number", "it_give_ticket_number", "care_complaint", "it_incident_report"}
)
# "Return it and give me my money back" is one matter.
_MATTERS = {
    "care": (
        "return_item return_policy refund_status exchange_item wrong_item delivery_damaged",
        "cancel_order refund_status payment_failed double_charge",
        "warranty_claim warranty_terms repair_status delivery_damaged extended_warranty",
        "order_status delivery_late delivery_missing delivery_time redelivery",
        "delivery_late wrong_item",
        "delivery_cost delivery_abroad delivery_time parcel_locker",
        "product_availability product_advice compatibility store_pickup",
        "account_login account_data delete_account newsletter",
        "price_match negotiate_price discount_code",
    ),
    "it": (
        "password_reset account_locked mfa_new_phone mfa_code password_policy",
        "wifi no_internet slow_network vpn guest_wifi remote_desktop website_blocked",
        "wifi no_internet slow_network outage",
        "slow_computer app_crash blue_screen wont_start battery system_update",
        "slow_computer wont_start battery hardware_broken",
        "printer scanner",
        "phishing phishing_clicked malware data_sent_wrong",
        "software_install software_license access_request",
        "email_problem shared_mailbox distribution_list calendar",
        "lost_device hardware_request mobile_device",
        "new_employee hardware_request access_request",
        "headset_audio video_call meeting_room",
    ),
}
MATTERS = tuple(
    frozenset(f"{desk}_{topic}" for topic in topics.split())
    for desk, groups in _MATTERS.items()
    for topics in groups
)

# `Any`: Rasa's parse data are untyped dictionaries.
Parsed = Mapping[str, Any]


@dataclass(frozen=True)
class Wish:
    """A part of a message and what was understood of it."""

    text: str
    parsed: Parsed

    @property
    def intent(self) -> str:
        return str((self.parsed.get("intent") or {}).get("name"))

    @property
    def score(self) -> float:
        """What the bot decides by, 0 to 1."""
        return float(self.parsed.get("decision_score") or 0.0)

    @property
    def confidence(self) -> float:
        """How sure the meaning is, 0 to 1: low where two meanings share the message."""
        return float((self.parsed.get("intent") or {}).get("confidence") or 0.0)

    @property
    def ranked(self) -> list[str]:
        """What it may mean, best first."""
        return [str(guess["name"]) for guess in self.parsed.get("intent_ranking") or []]

    def values(self, entity: str) -> list[str]:
        """The values of these entities."""
        found = self.parsed.get("entities") or []
        return [str(one.get("value")) for one in found if one.get("entity") == entity]

    def taken_for(self, intent: str) -> Wish:
        """The same words with another meaning."""
        return Wish(self.text, {**self.parsed, "intent": {"name": intent, "confidence": 1.0}})

    def with_parts_of(self, other: Parsed) -> Wish:
        """The same words and entities, understood as another text was."""
        entities = self.parsed.get("entities") or []
        return Wish(self.text, {**other, "text": self.text, "entities": entities})

    def is_clear_beside(self, whole: Wish) -> bool:
        """Whether this part is a wish of its own."""
        enough = CERTAIN if whole.score >= WHOLE else CLEAR
        return self.score >= enough and is_topic(self.intent) and self.intent not in VAGUE

    def stored(self) -> dict[str, Any]:
        """As it waits in the slot."""
        kept = ("entity", "value", "start", "end")
        entities = [
            {key: entity[key] for key in kept if key in entity}
            for entity in self.parsed.get("entities") or []
        ]
        intent = {"name": self.intent, "confidence": self.parsed["intent"].get("confidence")}
        return {"text": self.text, "intent": intent, "entities": entities}


def is_topic(intent: str) -> bool:
    """A matter of a desk, and no small talk."""
    return intent.startswith(TOPICS)


def may_be_two(whole: Wish, *, asks: bool) -> bool:
    """Whether a look at the parts is worth its time; `asks`: the second begins like a wish."""
    return (whole.score < WHOLE or asks) and whole.intent not in EMERGENCIES


def are_one_matter(first: Wish, second: Wish) -> bool:
    both = {first.intent, second.intent}
    return len(both) == 1 or any(both <= matter for matter in MATTERS)


def in_order(first: Wish, second: Wish) -> tuple[Wish, Wish]:
    """As they were said, but for an emergency."""
    return (second, first) if second.intent in EMERGENCIES else (first, second)


def quoted(text: str, most: int = SHOWN) -> str:
    """The customer's words as a response can carry them: one line, no braces, no sentence's end."""
    line = " ".join(text.replace("{", "(").replace("}", ")").replace("[", "(").split())
    line = line.rstrip(" .,;:!")
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
