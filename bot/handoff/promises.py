"""What the customer was promised: by the desk's own rules, and in somebody's words. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

# A sentence with one of these is quoted, never judged: whether it was kept, an agent knows.
# `\w` stands for Polish letters.
WORDS = re.compile(
    r"\b(?:get back to you|(?:call|write|phone|ring) you|(?:let|keep) you (?:know|posted|informed)"
    r"|(?:I|we)(?:'ll|’ll| will|'m going to| are going to)\b"
    r"|you(?:'ll|’ll| will) (?:get|receive|have|hear)"
    r"|odezw(?:iemy|\w) si\w|oddzwoni(?:my|\w)|zadzwoni(?:my|\w)|napisz(?:emy|\w)\b"
    r"|wr(?:\w)c(?:imy|\w) do|damy zna\w|dam zna\w|otrzymasz|dostaniesz|b\wdziemy\b)",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
MOST = 5
LONGEST = 160


@dataclass(frozen=True)
class Promise:
    """`kind`: «contact» (reached where), «callback» (called when), or «words» (said by `who`)."""

    kind: str
    words: str
    who: str | None = None
    seq: int | None = None


def find_promises(
    details: Mapping[str, object],
    slots: Sequence[tuple[int, Mapping[str, object]]],
    said: Sequence[tuple[int, str, str]],
) -> tuple[Promise, ...]:
    """The newest of the words come last; `said`: (number, author, text) of bot and agents."""
    known = [*_contact(details), *_callback(slots)]
    quoted = [
        Promise("words", sentence[:LONGEST], who, seq)
        for seq, who, words in said
        for sentence in _promising(words)
    ]
    return (*known, *quoted[-MOST:])


def _contact(details: Mapping[str, object]) -> Iterator[Promise]:
    contact = details.get("contact")
    if isinstance(contact, str) and contact:
        yield Promise("contact", contact)


def _callback(slots: Sequence[tuple[int, Mapping[str, object]]]) -> Iterator[Promise]:
    """A call that the form has planned: it is confirmed, and asks for nothing more."""
    for seq, values in reversed(slots):
        if values.get("callback_day") and values.get("form_confirmed") == "yes":
            names = ("callback_day", "callback_time", "callback_phone")
            yield Promise(
                "callback", ", ".join(str(values[n]) for n in names if values.get(n)), seq=seq
            )
            return


def _promising(words: str) -> Iterator[str]:
    for sentence in SENTENCE.findall(words):
        if WORDS.search(sentence):
            yield " ".join(sentence.split())
