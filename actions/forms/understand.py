"""What a message means to the form that is being filled in. Pure.

The form takes what answers it and leaves everything else to the rules: whoever asks something in
between gets an answer, and then the question of the form again.
"""

from __future__ import annotations

import re
from dataclasses import replace

from actions.forms.corrections import (
    changes_in,
    corrected_in,
    named_in,
    only_gives_number,
    sounds_corrected,
)
from actions.forms.field import Choice, Field, Pattern, Reading, Value, Wrong, short
from actions.forms.form import CHANGE, CONFIRMED, Filling, Form
from actions.forms.kinds import Purpose
from actions.forms.meaning import (
    Answers,
    AskAgain,
    Change,
    Confirmed,
    Elsewhere,
    Failed,
    Meaning,
    Unknown,
)
from actions.forms.message import (
    CONTROLS,
    HUMAN,
    PLEASANTRIES,
    SHORT_WORDS,
    SURE,
    Message,
)
from engine.emergencies import EMERGENCIES

_YES = re.compile(
    r"^\W*(?:yes|yep|yeah|ok|okay|sure|correct|right|confirm|go ahead|send it|do it"
    r"|tak|no tak|dobrze|zgadza|zgoda|potwierdzam|jasne|pewnie|wyślij|może być)\b"
    r"(?!.*\b(?:but|ale)\b)",
    re.IGNORECASE,
)
_NO = re.compile(r"^\W*(?:no|nope|not|nie)\b", re.IGNORECASE)
_EDIT = re.compile(r"\b(?:change|edit|correct (?:it|that|some)|zmie[nń]|popraw)", re.IGNORECASE)
_NO_IDEA = re.compile(
    r"\b(?:know|idea|clue|sure|remember|dunno|wiem|pojęcia|pewn\w+|pamięta\w*)\b", re.IGNORECASE
)
CONTROL_WORDS = 8
VERY_SURE = 0.85
CERTAIN = 0.95
FEW_WORDS = 3


def understand(filling: Filling, message: Message) -> Meaning:
    """Buttons first, then what holds anywhere, then the answer to the question."""
    filled = message.filled() if message.is_button else {}
    if filled:
        return Answers(_good_ones(filling.form, filled))
    pressed = message.choice()
    if pressed is not None:
        return _pressed(filling, *pressed)
    if filling.asked is None:
        return Answers(_told(filling, message))
    field = filling.form.field(filling.asked)
    message = _taken_plainly(filling, _without_second_thoughts(message, field), field)
    if _leaves(filling.form, message, field):
        return Elsewhere()
    if _is_control(message, "dont_know", field) and not _chooses(field, message):
        return Unknown(filling.asked)
    if _is_control(message, "repeat", field):
        return AskAgain(explain=True)
    if field is None:
        return _at_confirmation(filling, message)
    if _is_control(message, "correction", field) and _takes_back(filling, message, field):
        corrected = corrected_in(filling, message, field)
        if corrected is not None:
            return corrected
    if sounds_corrected(message) or (field.free and only_gives_number(message)):
        changes = changes_in(filling, message)
        if changes:
            return Answers(changes)
    if field.free:
        return _free_answer(filling, message, field)
    return _answer(filling, message, field)


def _good_ones(form: Form, filled: dict[str, str]) -> dict[str, str]:
    """What a window of a channel asked for; the form asks again for what is none."""
    found = {slot: field.chosen(filled[slot]) for slot in filled if (field := form.field(slot))}
    return {slot: value for slot, value in found.items() if value is not None}


def _without_second_thoughts(message: Message, field: Field | None) -> Message:
    """A purpose is one, unless it is certain to be something else."""
    is_wish = message.intent in (HUMAN, *CONTROLS, "dont_know", "repeat")
    if message.is_button or not is_wish or message.confidence >= CERTAIN:
        return message
    if isinstance(field, Purpose) and field.expects(message):
        return replace(message, intent="nlu_fallback")
    return message


def _taken_plainly(filling: Filling, message: Message, field: Field | None) -> Message:
    """What sounds like small talk is an answer when it tells something, or is a word or three."""
    is_talk = message.intent in (*PLEASANTRIES, "correction", "change_language")
    if field is None or message.is_button or not is_talk:
        return message
    if message.intent in PLEASANTRIES and _tells(filling, message, field):
        return replace(message, intent="nlu_fallback")
    if message.confidence >= VERY_SURE or sounds_corrected(message):
        return message
    return replace(message, intent="nlu_fallback") if message.words <= FEW_WORDS else message


def _tells(filling: Filling, message: Message, field: Field) -> bool:
    """ "Tomorrow" is a day, however much it sounds like a farewell; "wait, no, 10440" a number."""
    if field.expects(message):
        return True
    if not field.free and any(one.notice(message) for one in filling.form.fields):
        return True
    return sounds_corrected(message) and bool(changes_in(filling, message))


def _pressed(filling: Filling, slot: str, value: str) -> Meaning:
    if slot == CHANGE and value in filling.form.slots:
        return Change(value)
    field = filling.form.field(slot)
    chosen = None if field is None else field.chosen(value)
    return AskAgain() if chosen is None else Answers({slot: chosen})


def _leaves(form: Form, message: Message, field: Field | None) -> bool:
    """Emergencies and the wish for a person come before everything, unless the form is theirs."""
    if message.intent == HUMAN:
        # "My manager" names an option, and sounds a little like a wish for a person; so does
        # "my manager is piotr.lis@volta".
        is_option = isinstance(field, Choice) and isinstance(field.read(message), Value)
        is_option |= _gives_email(field, message)
        is_sure = message.confidence >= VERY_SURE and message.words > FEW_WORDS
        return message.is_button or is_sure or not is_option
    if message.intent in EMERGENCIES and not form.is_answer(message.intent):
        # "The lamp" is no fire yet.
        is_short = message.words <= SHORT_WORDS
        return message.confidence >= (VERY_SURE if is_short else SURE)
    if isinstance(field, Choice) and field.notice(message) is not None and not message.is_button:
        # "I changed my mind" is a reason as well as a way to stop.
        return False
    if any(_is_control(message, intent, field) for intent in CONTROLS):
        return True
    if message.intent in PLEASANTRIES:
        is_short = message.words <= SHORT_WORDS + 1
        return field is None or not field.free or (is_short and message.confidence >= CERTAIN)
    return False


def _gives_email(field: Field | None, message: Message) -> bool:
    """Good or not, it is meant as one."""
    return isinstance(field, Pattern) and field.entity == "email" and "@" in message.text


def _takes_back(filling: Filling, message: Message, field: Field) -> bool:
    """A place is an answer, whatever it was taken for: a correction has its words."""
    if message.is_button or not field.free or sounds_corrected(message):
        return True
    return named_in(filling, message) is not None


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


def _at_confirmation(filling: Filling, message: Message) -> Meaning:
    """The summary is shown, or it was asked what to change in it."""
    changes = changes_in(filling, message)
    understood_yes = message.intent == "affirm" or _YES.match(message.text) is not None
    denies = (
        message.intent in ("deny", "correction")
        or _NO.match(message.text) is not None
        or (_EDIT.search(message.text) is not None and not message.is_question)
    )
    if changes and not (message.is_question and not denies):
        return Answers(changes)
    named = named_in(filling, message)
    if named is not None and (denies or filling.asked == CHANGE):
        return Change(named)
    if denies:
        corrected = corrected_in(filling, message, None)
        return AskAgain() if filling.asked == CHANGE or corrected is None else corrected
    if understood_yes and not message.is_question:
        return Confirmed() if filling.asked == CONFIRMED else AskAgain()
    if filling.form.is_answer(message.intent):
        return AskAgain()
    if not message.is_understood:
        return Failed(filling.asked or CONFIRMED, short(message.text))
    return Elsewhere()


def _free_answer(filling: Filling, message: Message, field: Field) -> Meaning:
    asks = message.is_question and not filling.form.is_answer(message.intent)
    if asks and not field.expects(message):
        return Elsewhere()
    if message.intent in ("affirm", "deny") and message.words <= SHORT_WORDS:
        return _plain_no(filling, message, field)
    reading = field.read(message)
    return _concluded(filling, message, field, reading)


def _answer(filling: Filling, message: Message, field: Field) -> Meaning:
    reading = field.read(message)
    expected = filling.form.is_answer(message.intent) or message.words <= SHORT_WORDS
    expected = expected or _gives_email(field, message)
    open_to_it = expected or not message.is_understood or message.is_doubtful
    if isinstance(reading, Value):
        asks = message.is_question and not filling.form.is_answer(message.intent)
        return Elsewhere() if asks else _concluded(filling, message, field, reading)
    if open_to_it:
        others = _told(filling, message, asked=field.slot)
        changes = {} if others else changes_in(filling, message)
        if others or changes:
            return Answers(others or changes)
    if isinstance(reading, Wrong) and open_to_it:
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
