"""What a person wrote, as the engine understood it. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope"})
HUMAN = "talk_to_human"
# What to say to these does not depend on the form: rules answer them, and the form goes on or not.
CONTROLS = frozenset({"cancel", "help", "bot_challenge", "change_language"})
PLEASANTRIES = frozenset({"greet", "goodbye", "thank", "small_talk", "wait"})
# Only told in answer to something: inside a form never another wish.
GIVING = frozenset({"care_give_order_number", "it_give_ticket_number"})
CHOICE = "choice"
FILLED = "filled"

_QUESTION = re.compile(
    r"^\W*(?:(?:and|but|a|ale|hey|hej)\W+)?"
    r"(?:how|what|when|where|which|who|why"
    # "Does not light up" and "can't log in" tell something.
    r"|(?:can|could|does|is|are|will|may|should)(?!n?.?t\b|\W+not\b)"
    # "Do raportów" is Polish for what somebody needs it for.
    r"|do(?=\W+(?:i|you|we|they|the|these|those|any|all|my|your|our|people)\b)"
    r"|jak|co|kiedy|gdzie|który|która|które|kto|dlaczego|czemu|czy|ile|skąd)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
SHORT_WORDS = 2
QUESTION_WORDS = 15
SURE = 0.5
# A topic that is less sure than this is not what the person meant, if there is an answer in it.
DOUBTFUL = 0.6


@dataclass(frozen=True)
class Message:
    """One message of a person, or the button that was pressed."""

    text: str
    intent: str = "nlu_fallback"
    confidence: float = 1.0
    entities: tuple[tuple[str, str], ...] = ()

    @property
    def is_button(self) -> bool:
        """The turn channel lets no typed text begin with a slash."""
        return self.text.startswith("/")

    @property
    def words(self) -> int:
        return len(_WORD.findall(self.text))

    @property
    def is_understood(self) -> bool:
        return self.intent not in NOT_UNDERSTOOD

    @property
    def is_question(self) -> bool:
        """Looks like one, is short enough for one, and is understood as a topic."""
        looks = self.text.rstrip().endswith("?") or _QUESTION.match(self.text) is not None
        sure = self.is_understood and self.confidence >= SURE
        return looks and sure and self.words <= QUESTION_WORDS

    @property
    def is_doubtful(self) -> bool:
        """Taken for another topic, but neither surely nor as a question."""
        return self.confidence < DOUBTFUL and not self.is_question

    def values(self, entity: str) -> list[str]:
        """The values of these entities, in the order of the text."""
        return [value for name, value in self.entities if name == entity and value]

    def filled(self) -> dict[str, str]:
        """What a window asked for all at once, by slot; empty when it carries nothing of that."""
        for value in self.values(FILLED):
            try:
                told = json.loads(value)
            except ValueError:
                continue
            if isinstance(told, dict):
                return {str(slot): str(given) for slot, given in told.items()}
        return {}

    def choice(self) -> tuple[str, str] | None:
        """The slot and the value that a button carries."""
        for value in self.values(CHOICE):
            slot, found, chosen = value.partition("=")
            if found and chosen:
                return slot, chosen
        return None
