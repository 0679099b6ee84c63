"""What a button under a message sends back: at most 64 bytes, so places and no payloads. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

MOST_BYTES = 64
HUMAN, DONE = "h", "x"
_CHOICE = re.compile(r"b:([0-9a-f]{32}):(\d{1,6}):(\d{1,3})")
_SCORE = re.compile(r"s:([0-9a-f]{32}):((?:[bh][1-5]){1,2})")
_LANGUAGE = re.compile(r"l:([a-z]{2})")
_FORGET = re.compile(r"f:(yes|no)")
_OF_CONVERSATION = re.compile(r"([ctowe]):([0-9a-f]{32})")
_FACT = re.compile(r"o:([0-9a-f]{32}):(\d{1,2})")
_HUMAN = re.compile(r"h:(\d{1,19})")
_FIELD = re.compile(r"q:(\d{1,2}):(\d{1,3}|-)")
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
    """A person, please. `user`: whom it was offered; None under messages of older versions."""

    user: int | None = None


@dataclass(frozen=True)
class Nothing:
    """A button that only shows what was chosen."""


@dataclass(frozen=True)
class Comment:
    """To say more about a conversation that was rated."""

    conversation: str


@dataclass(frozen=True)
class Copy:
    """To keep what was said."""

    conversation: str


@dataclass(frozen=True)
class Receipt:
    """To see what was passed on; `fact`: to put this one right."""

    conversation: str
    fact: int | None = None


@dataclass(frozen=True)
class WantsBot:
    """The assistant again, instead of waiting for a person."""

    conversation: str


@dataclass(frozen=True)
class LeaveContact:
    """To say where one is to be reached, instead of waiting."""

    conversation: str


@dataclass(frozen=True)
class Field:
    """An answer to question number `field` before the chat; None: it is passed over."""

    field: int
    option: int | None


Pressed = (
    Choice
    | Scores
    | ChooseLanguage
    | Forget
    | WantsHuman
    | Comment
    | Copy
    | Receipt
    | WantsBot
    | LeaveContact
    | Field
    | Nothing
)

_OF_CONVERSATIONS: dict[str, Callable[[str], Pressed]] = {
    "c": Comment,
    "t": Copy,
    "o": Receipt,
    "w": WantsBot,
    "e": LeaveContact,
}


def wants_human(user: int) -> str:
    """For a person, of whom it is offered."""
    return f"{HUMAN}:{user}"


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


def comment(conversation: str) -> str:
    """For a comment on a conversation."""
    return f"c:{conversation.replace('-', '')}"


def copy(conversation: str) -> str:
    """For a copy of a conversation."""
    return f"t:{conversation.replace('-', '')}"


def receipt(conversation: str, fact: int | None = None) -> str:
    """For what was passed on, or one fact of it."""
    of = f"o:{conversation.replace('-', '')}"
    return of if fact is None else f"{of}:{fact}"


def wants_bot(conversation: str) -> str:
    """For the way back to the assistant."""
    return f"w:{conversation.replace('-', '')}"


def leave_contact(conversation: str) -> str:
    """For an address instead of waiting."""
    return f"e:{conversation.replace('-', '')}"


def answer(question: int, option: int | None) -> str:
    """For a choice of a question before the chat; None: “Skip”."""
    return f"q:{question}:{'-' if option is None else option}"


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
    if found := _OF_CONVERSATION.fullmatch(data):
        return _OF_CONVERSATIONS[found[1]](_uuid(found[2]))
    if found := _FACT.fullmatch(data):
        return Receipt(_uuid(found[1]), int(found[2]))
    if found := _FIELD.fullmatch(data):
        return Field(int(found[1]), None if found[2] == "-" else int(found[2]))
    if data == HUMAN:
        return WantsHuman()
    if found := _HUMAN.fullmatch(data):
        return WantsHuman(int(found[1]))
    return Nothing() if data == DONE else None


def _uuid(raw: str) -> str:
    return "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]))
