"""What a person takes back: "no, I meant 10482", "the street is wrong". Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.forms.field import Field, FreeText, Value
from actions.forms.form import Filling
from actions.forms.meaning import Answers, Change, Meaning
from actions.forms.message import GIVING, Message

_HOLD_ON = (
    r"(?:(?:wait|hold on|hang on|actually|oh|ah|hmm+|well|stop|czekaj|poczekaj|zaraz|chwila"
    r"|chwileczkę|moment|momencik|ojej|oj|aha|a|o)\W+)*"
)
_SORRY = re.compile(
    rf"^\W*{_HOLD_ON}(?:no|nope|sorry|oops|my bad|nie|jednak|przepraszam|pomyłka|ups)\b",
    re.IGNORECASE,
)
# "It's 10440", and nothing else.
_ONLY_NUMBER = re.compile(
    rf"^\W*{_HOLD_ON}(?:(?:it.?s|is|it|the|my|order|number|no|nr|to|jest|moje|mój|zamówieni\w+"
    r"|zamowieni\w+|numer)\W+)*\d[\d -]*\W*$",
    re.IGNORECASE,
)
_MISTAKE = re.compile(
    r"\b(?:wrong|mistake|mistaken|mistyped|typo|incorrect|correct|change|źle|zle|pomył\w*|pomyl\w*"
    r"|popraw\w*|błąd|błęd\w*|zmie[nń]\w*)\b",
    re.IGNORECASE,
)
# Longer texts tell of mistakes that are not theirs.
_FEW_WORDS = 6
_IS = r"\w*\s*(?:is|should be|was|to|jest|ma być|powinn[aoy] być|:|=)\s*(?:to|on|in|na|w)?\s+"
_BAD = re.compile(
    r"^(?!.*\d)(?:(?:all|completely|not|nie|jest|są)\s+)?(?:wrong|incorrect|right|bad|false|old|mistaken"
    r"|poprawn|prawidłow|błęd|niepopraw|nieprawid|zł[yaeo]|star[yaeo]|pomył|t[aeo]n?\b)",
    re.IGNORECASE,
)
_MEANT = re.compile(
    r"(?:i meant?|should be|should say|correction:?|chodziło(?: mi)? o|miał[oa]? być"
    r"|powinno być|poprawka:?)\s+(?P<rest>.+)",
    re.IGNORECASE,
)


def sounds_corrected(message: Message) -> bool:
    """By its words alone, whatever it was taken for."""
    if _SORRY.match(message.text) or _MEANT.search(message.text):
        return True
    return message.words <= _FEW_WORDS and _MISTAKE.search(message.text) is not None


def only_gives_number(message: Message) -> bool:
    """A number at a question that asks for none belongs to the question that asked for one."""
    return message.intent in GIVING and _ONLY_NUMBER.match(message.text) is not None


def changes_in(filling: Filling, message: Message) -> dict[str, str]:
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


def named_in(filling: Filling, message: Message) -> str | None:
    """The field that a correction names."""
    for field in filling.filled():
        pattern = rf"(?<!\w)(?:{field.named})"
        if field.named and re.search(pattern, message.text, re.IGNORECASE):
            return field.slot
    return None


def corrected_in(filling: Filling, message: Message, asked: Field | None) -> Meaning | None:
    """None: the message only answers, although it sounds like a correction."""
    changes = changes_in(filling, message)
    if changes:
        return Answers(changes)
    named = named_in(filling, message)
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
