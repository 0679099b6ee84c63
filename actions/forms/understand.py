"""What a message means to the form that is being filled in. Pure.

The form takes what answers it and leaves everything else to the rules: whoever asks something in
between gets an answer, and then the question of the form again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from actions.forms.field import Choice, Field, FreeText, Reading, Value, Wrong, short
from actions.forms.form import CHANGE, CONFIRMED, Filling, Form
from actions.forms.message import (
    CONTROLS,
    EMERGENCIES,
    HUMAN,
    PLEASANTRIES,
    SHORT_WORDS,
    SURE,
    Message,
)


@dataclass(frozen=True)
class Answers:
    """Values that the message tells, by slot."""

    values: dict[str, str]


@dataclass(frozen=True)
class Failed:
    """An answer that cannot be right."""

    slot: str
    given: str


@dataclass(frozen=True)
class Unknown:
    """The person does not have what was asked for."""

    slot: str


@dataclass(frozen=True)
class Change:
    """This is wrong; without a slot it is yet to be said what."""

    slot: str | None = None


@dataclass(frozen=True)
class AskAgain:
    """Nothing new; with an explanation when the question was not understood."""

    explain: bool = False


@dataclass(frozen=True)
class Confirmed:
    """What the summary says is right."""


@dataclass(frozen=True)
class Elsewhere:
    """Not for the form."""


Meaning = Answers | Failed | Unknown | Change | AskAgain | Confirmed | Elsewhere

_YES = re.compile(
    r"^\W*(?:yes|yep|yeah|ok|okay|sure|correct|right|confirm|go ahead|send it|do it"
    r"|tak|no tak|dobrze|zgadza|zgoda|potwierdzam|jasne|pewnie|wyślij|może być)\b"
    r"(?!.*\b(?:but|ale)\b)",
    re.IGNORECASE,
)
_NO = re.compile(r"^\W*(?:no|nope|not|nie)\b", re.IGNORECASE)
_EDIT = re.compile(r"\b(?:change|edit|correct (?:it|that|some)|zmie[nń]|popraw)", re.IGNORECASE)
_IS = r"\w*\s*(?:is|should be|was|to|jest|ma być|powinn[aoy] być|:|=)\s*(?:to|on|in|na|w)?\s+"
_BAD = re.compile(
    r"^(?:(?:all|completely|not|nie|jest|są)\s+)?(?:wrong|incorrect|right|bad|false|old|mistaken"
    r"|poprawn|prawidłow|błęd|niepopraw|nieprawid|zł[yaeo]|star[yaeo]|pomył|t[aeo]n?\b)",
    re.IGNORECASE,
)
_MEANT = re.compile(
    r"(?:i meant?|should be|should say|correction:?|chodziło(?: mi)? o|miał[oa]? być"
    r"|powinno być|poprawka:?)\s+(?P<rest>.+)",
    re.IGNORECASE,
)
_NO_IDEA = re.compile(
    r"\b(?:know|idea|clue|sure|remember|dunno|wiem|pojęcia|pewn\w+|pamięta\w*)\b", re.IGNORECASE
)
CONTROL_WORDS = 8
VERY_SURE = 0.85


def understand(filling: Filling, message: Message) -> Meaning:
    """Buttons first, then what holds anywhere, then the answer to the question."""
    pressed = message.choice()
    if pressed is not None:
        return _pressed(filling, *pressed)
    if filling.asked is None:
        return Answers(_told(filling, message))
    field = filling.form.field(filling.asked)
    if _leaves(filling.form, message, field):
        return Elsewhere()
    if _is_control(message, "dont_know", field) and not _chooses(field, message):
        return Unknown(filling.asked)
    if _is_control(message, "repeat", field):
        return AskAgain(explain=True)
    if field is None:
        return _at_confirmation(filling, message)
    if _is_control(message, "correction", field):
        corrected = _corrected(filling, message, field)
        if corrected is not None:
            return corrected
    if field.free:
        return _free_answer(filling, message, field)
    return _answer(filling, message, field)


def _pressed(filling: Filling, slot: str, value: str) -> Meaning:
    if slot == CHANGE and value in filling.form.slots:
        return Change(value)
    field = filling.form.field(slot)
    chosen = None if field is None else field.chosen(value)
    return AskAgain() if chosen is None else Answers({slot: chosen})


def _leaves(form: Form, message: Message, field: Field | None) -> bool:
    """Emergencies and the wish for a person come before everything, unless the form is theirs."""
    if message.intent == HUMAN:
        return True
    if message.intent in EMERGENCIES and not form.is_answer(message.intent):
        return message.confidence >= SURE
    if any(_is_control(message, intent, field) for intent in CONTROLS):
        return True
    if message.intent in PLEASANTRIES:
        return field is None or not field.free or message.words <= SHORT_WORDS + 1
    return False


def _chooses(field: Field | None, message: Message) -> bool:
    """I have no phone: sounds like not knowing, and is one of the options all the same."""
    if not isinstance(field, Choice) or _NO_IDEA.search(message.text):
        return False
    return isinstance(field.read(message), Value)


def _is_control(message: Message, intent: str, field: Field | None) -> bool:
    """In a free text such an intent must be sure: a long text about a fault says "stop" too."""
    if message.intent != intent:
        return False
    if message.is_button or field is None or not field.free:
        return True
    few = message.words <= CONTROL_WORDS and message.confidence >= SURE
    return few or message.confidence >= VERY_SURE


def _told(filling: Filling, message: Message, *, asked: str | None = None) -> dict[str, str]:
    """What the message tells of fields that are still empty, none of it used twice."""
    found: dict[str, str] = {}
    for field in filling.form.fields:
        if field.slot in filling.values or field.slot == asked:
            continue
        value = field.notice(message)
        if value is not None and value not in found.values():
            found[field.slot] = value
    return found


def _changes(filling: Filling, message: Message) -> dict[str, str]:
    """What the message tells otherwise than it was said before."""
    found: dict[str, str] = {}
    for field in filling.filled():
        value = _renamed(field, message)
        if value is None and not isinstance(field, FreeText):
            value = field.notice(message)
        before = filling.values[field.slot]
        if value is not None and value != before and value not in found.values():
            found[field.slot] = value
    return found


def _renamed(field: Field, message: Message) -> str | None:
    """The street is Polna 6: a field by its name and with its new value."""
    if not field.named:
        return None
    match = re.search(rf"(?<!\w)(?:{field.named}){_IS}(?P<rest>.+)", message.text, re.IGNORECASE)
    if match is None or _BAD.match(match["rest"]):
        return None
    reading = field.read(replace(message, text=match["rest"]))
    return reading.value if isinstance(reading, Value) else None


def _named(filling: Filling, message: Message) -> str | None:
    """The field that a correction names."""
    for field in filling.filled():
        pattern = rf"(?<!\w)(?:{field.named})"
        if field.named and re.search(pattern, message.text, re.IGNORECASE):
            return field.slot
    return None


def _corrected(filling: Filling, message: Message, asked: Field | None) -> Meaning | None:
    """None: the message only answers, although it sounds like a correction."""
    changes = _changes(filling, message)
    if changes:
        return Answers(changes)
    named = _named(filling, message)
    if named is not None:
        return Change(named)
    match = _MEANT.search(message.text)
    meant = replace(message, text=match["rest"]) if match else message
    if asked is not None and not asked.free and isinstance(asked.read(meant), Value):
        return None
    last = filling.form.field(filling.progress.last)
    if match and last is not None and last.slot in filling.values:
        reading = last.read(meant)
        if isinstance(reading, Value):
            return Answers({last.slot: reading.value})
    if not filling.filled():
        return None
    return Change(None)


def _at_confirmation(filling: Filling, message: Message) -> Meaning:
    """The summary is shown, or it was asked what to change in it."""
    changes = _changes(filling, message)
    understood_yes = message.intent == "affirm" or _YES.match(message.text) is not None
    denies = (
        message.intent in ("deny", "correction")
        or _NO.match(message.text) is not None
        or (_EDIT.search(message.text) is not None and not message.is_question)
    )
    if changes and not (message.is_question and not denies):
        return Answers(changes)
    named = _named(filling, message)
    if named is not None and (denies or filling.asked == CHANGE):
        return Change(named)
    if denies:
        corrected = _corrected(filling, message, None)
        return AskAgain() if filling.asked == CHANGE or corrected is None else corrected
    if understood_yes and not message.is_question:
        return Confirmed() if filling.asked == CONFIRMED else AskAgain()
    if filling.form.is_answer(message.intent):
        return AskAgain()
    if not message.is_understood:
        return Failed(filling.asked or CONFIRMED, short(message.text))
    return Elsewhere()


def _free_answer(filling: Filling, message: Message, field: Field) -> Meaning:
    if message.is_question and not filling.form.is_answer(message.intent):
        return Elsewhere()
    if message.intent in ("affirm", "deny") and message.words <= SHORT_WORDS:
        return _plain_no(filling, message, field)
    reading = field.read(message)
    return _concluded(filling, message, field, reading)


def _answer(filling: Filling, message: Message, field: Field) -> Meaning:
    reading = field.read(message)
    expected = filling.form.is_answer(message.intent) or message.words <= SHORT_WORDS
    if isinstance(reading, Value):
        asks = message.is_question and not filling.form.is_answer(message.intent)
        return Elsewhere() if asks else _concluded(filling, message, field, reading)
    if expected or not message.is_understood:
        others = _told(filling, message, asked=field.slot)
        changes = {} if others else _changes(filling, message)
        if others or changes:
            return Answers(others or changes)
    if isinstance(reading, Wrong) and (expected or not message.is_understood):
        return Failed(field.slot, reading.given)
    if message.intent in ("affirm", "deny"):
        return _plain_no(filling, message, field)
    if not message.is_understood:
        return Failed(field.slot, short(message.text))
    return AskAgain() if filling.form.is_answer(message.intent) else Elsewhere()


def _concluded(filling: Filling, message: Message, field: Field, reading: Reading) -> Meaning:
    if isinstance(reading, Wrong):
        return Failed(field.slot, reading.given)
    if reading is None:
        return Elsewhere()
    told = {field.slot: reading.value}
    for slot, value in _told(filling, message, asked=field.slot).items():
        if value != reading.value:
            told[slot] = value
    return Answers(told)


def _plain_no(filling: Filling, message: Message, field: Field) -> Meaning:
    """A yes or a no to a question that wants more: no to an optional one leaves it out."""
    if message.intent == "deny" and field.optional:
        return Unknown(field.slot)
    return Failed(field.slot, short(message.text))
