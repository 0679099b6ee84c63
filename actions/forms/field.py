"""What a form asks for: a field reads its value out of a message. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from actions.forms.message import Message

Values = Mapping[str, str]
SHOWN = 60


@dataclass(frozen=True)
class Words:
    """The same in every language of the bot."""

    en: str
    pl: str

    def of(self, language: str) -> str:
        return self.pl if language == "pl" else self.en


@dataclass(frozen=True)
class Value:
    """A good value."""

    value: str


@dataclass(frozen=True)
class Wrong:
    """Somebody tried, and this is what was given."""

    given: str


Reading = Value | Wrong | None


def always(_: Values) -> bool:
    return True


def short(text: str, most: int = SHOWN) -> str:
    """One line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


@dataclass(frozen=True)
class Field:
    """One thing that a form wants to know.

    `named`: the words (a pattern) by which people call it when they correct it; `says`: the prefix
    of its answers, when not the slot; `needed`: whether it is asked at all, given the others;
    `resets`: slots that mean nothing any more when this one changes.
    """

    slot: str
    label: Words
    named: str = ""
    says: str = ""
    optional: bool = False
    needed: Callable[[Values], bool] = always
    resets: tuple[str, ...] = ()

    # Anything that is written may be the answer.
    free: ClassVar[bool] = False

    @property
    def answers(self) -> str:
        return self.says or self.slot

    def read(self, message: Message) -> Reading:
        """The answer to the question for this field."""
        raise NotImplementedError

    def notice(self, message: Message) -> str | None:
        """A value that is told without being asked for."""
        return None

    def expects(self, message: Message) -> bool:
        """Whether it answers the question, however much it sounds like small talk or a wish."""
        return isinstance(self.read(message), Value)

    def chosen(self, value: str) -> str | None:
        """What a button of this field stands for."""
        reading = self.read(Message(value))
        return reading.value if isinstance(reading, Value) else None

    def shown(self, value: str, language: str) -> str:
        """The value as the summary has it."""
        return value


@dataclass(frozen=True)
class Pattern(Field):
    """Something that has a shape: a number, a code, an e-mail address.

    What `attempt` finds is meant as the value; without what `drop` matches it has to look like
    `pattern`. An entity of the pipeline comes first. A field with `only_asked` takes nothing
    that was told before its question.
    """

    pattern: str = r"\d+"
    entity: str = ""
    attempt: str = r"[\w-]*\d(?:[\w-]|[ .,](?=\d))*"
    drop: str = r"[ .,]"
    upper: bool = False
    only_asked: bool = False

    def read(self, message: Message) -> Reading:
        told = message.values(self.entity) if self.entity else []
        for value in told:
            if self._is_good(self._clean(value)):
                return Value(self._clean(value))
        match = re.search(self.attempt, message.text)
        if match is not None:
            value = self._clean(match.group())
            return Value(value) if self._is_good(value) else Wrong(value)
        return Wrong(told[0]) if told else None

    def notice(self, message: Message) -> str | None:
        if self.only_asked or not self.entity:
            return None
        told = (self._clean(value) for value in message.values(self.entity))
        return next((value for value in told if self._is_good(value)), None)

    def _clean(self, text: str) -> str:
        value = re.sub(self.drop, "", text)
        return value.upper() if self.upper else value

    def _is_good(self, value: str) -> bool:
        return re.fullmatch(self.pattern, value) is not None


@dataclass(frozen=True)
class Option:
    """One of a few answers; `words` (a pattern) is how people say it."""

    label: Words
    words: str


@dataclass(frozen=True)
class Choice(Field):
    """One of a few answers, by button, in words, or by its number in the list."""

    options: Mapping[str, Option] = field(default_factory=dict)
    # What a yes and a no mean here, if anything: {"affirm": "yes", "deny": "no"}.
    intents: Mapping[str, str] = field(default_factory=dict)
    only_asked: bool = False

    def read(self, message: Message) -> Reading:
        found = self._find(message.text)
        if found:
            return Value(found[0])
        meant = self.intents.get(message.intent)
        if meant is not None:
            return Value(meant)
        position = message.text.strip(" .)#")
        if position.isdecimal() and 0 < int(position) <= len(self.options):
            return Value(list(self.options)[int(position) - 1])
        return Wrong(short(message.text)) if position.isdecimal() else None

    def notice(self, message: Message) -> str | None:
        found = [] if self.only_asked else self._find(message.text)
        return found[0] if len(found) == 1 else None

    def chosen(self, value: str) -> str | None:
        return value if value in self.options else None

    def shown(self, value: str, language: str) -> str:
        option = self.options.get(value)
        return value if option is None else option.label.of(language)

    def _find(self, text: str) -> list[str]:
        """What is said first comes first."""
        places = {}
        for value, option in self.options.items():
            match = re.search(rf"(?<!\w)(?:{option.words})", text, re.IGNORECASE)
            if match is not None:
                places[value] = match.start()
        return sorted(places, key=places.__getitem__)


@dataclass(frozen=True)
class FreeText(Field):
    """What somebody writes is the answer.

    `telling` (a pattern): a first message with this in it says it already. `shape`: what the text
    must have to be an answer.
    """

    least: int = 3
    most: int = 500
    telling: str = ""
    shape: str = ""
    free: ClassVar[bool] = True

    def read(self, message: Message) -> Reading:
        text = " ".join(message.text.split()).strip()
        letters = sum(letter.isalnum() for letter in text)
        if letters < self.least or (self.shape and not re.search(self.shape, text, re.I)):
            return Wrong(short(text))
        return Value(short(text, self.most))

    def notice(self, message: Message) -> str | None:
        if not self.telling or not re.search(self.telling, message.text, re.IGNORECASE):
            return None
        reading = self.read(message)
        return reading.value if isinstance(reading, Value) else None

    def expects(self, message: Message) -> bool:
        """Anything can be read as a text: that says nothing."""
        return False

    def shown(self, value: str, language: str) -> str:
        return short(value, 200)
