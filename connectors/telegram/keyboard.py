"""What a button under a message sends back: at most 64 bytes, so places and no payloads. Pure."""

import re
from dataclasses import dataclass

MOST_BYTES = 64
HUMAN, DONE = "h", "x"
_CHOICE = re.compile(r"b:([0-9a-f]{32}):(\d{1,6}):(\d{1,3})")
_SCORE = re.compile(r"s:([0-9a-f]{32}):((?:[bh][1-5]){1,2})")
_LANGUAGE = re.compile(r"l:([a-z]{2})")
_FORGET = re.compile(r"f:(yes|no)")
_PARTS = {"b": "bot", "h": "human"}


@dataclass(frozen=True)
class Choice:
    """The button number `index` of the message `seq`."""

    conversation: str
    seq: int
    index: int

    @property
    def key(self) -> str:
        """The same press, whichever update brings it."""
        return f"press:{self.conversation}:{self.seq}:{self.index}"


@dataclass(frozen=True)
class Scores:
    """What a customer says about a conversation that is over, so far."""

    conversation: str
    scores: dict[str, int]


@dataclass(frozen=True)
class ChooseLanguage:
    """A language of the desk."""

    language: str


@dataclass(frozen=True)
class Forget:
    """Whether to forget whoever presses it."""

    sure: bool


@dataclass(frozen=True)
class WantsHuman:
    """A person, please."""


@dataclass(frozen=True)
class Nothing:
    """A button that only shows what was chosen."""


Pressed = Choice | Scores | ChooseLanguage | Forget | WantsHuman | Nothing


def choice(conversation: str, seq: int, index: int) -> str:
    """For a button of the desk's."""
    return f"b:{conversation.replace('-', '')}:{seq}:{index}"


def scores(conversation: str, given: dict[str, int]) -> str:
    """For a star of the survey."""
    said = "".join(f"{part[0]}{score}" for part, score in given.items())
    return f"s:{conversation.replace('-', '')}:{said}"


def language(code: str) -> str:
    """For a language."""
    return f"l:{code}"


def forget(*, sure: bool) -> str:
    """For the question before everything is forgotten."""
    return f"f:{'yes' if sure else 'no'}"


def read(data: str) -> Pressed | None:
    """What was pressed; None for what this version never offered."""
    if found := _CHOICE.fullmatch(data):
        return Choice(_uuid(found[1]), int(found[2]), int(found[3]))
    if found := _SCORE.fullmatch(data):
        said = {_PARTS[found[2][n]]: int(found[2][n + 1]) for n in range(0, len(found[2]), 2)}
        return Scores(_uuid(found[1]), said)
    if found := _LANGUAGE.fullmatch(data):
        return ChooseLanguage(found[1])
    if found := _FORGET.fullmatch(data):
        return Forget(found[1] == "yes")
    if data == HUMAN:
        return WantsHuman()
    return Nothing() if data == DONE else None


def _uuid(raw: str) -> str:
    return "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]))
