"""What the customer was promised: by the desk's own rules, and in somebody's words. Pure.

Precision before recall: what is quoted here is taken for a debt. So a sentence counts only where
the desk's side says outright that it will do something for this customer. What is asked, refused,
explained in a list, hangs on an "if", or is shown to be confirmed first, is none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

BOT = "bot"
MOST = 5
LONGEST = 160

_WILL = r"(?:'ll|’ll|\s+will|\s+am going to|\s+are going to|'m going to|'re going to)"
_SOON = r"(?:\s+(?:also|then|now|just|gladly|certainly|definitely|personally|always|soon|be))?"
_DOES = (
    r"\s+(?:get back|come back|call|phone|ring|write|text|e-?mail|message|mail|send|ship|post"
    r"|refund|pay back|pay you|credit|replace|exchange|return your|let you know|keep you|inform"
    r"|tell you|update you|follow up|find out|check|look into|look for|look at|ask (?!you\b|for\b)"
    r"|contact|get in touch|in touch|back in|back with|with you|calling|sending|refunding"
    r"|arrange|confirm|fix|repair|cancel your|order (?:it|one|a new)|pass (?:it|this|that)"
    r"|forward|escalate|take care|make sure|see to it|deal with|sort (?:it|this|that) out)\b"
)
ENGLISH = re.compile(
    rf"\b(?:I|we|IT|somebody|someone|(?:a|our|my) (?:colleague|manager|courier|driver|team))"
    rf"{_WILL}{_SOON}{_DOES}"
    rf"|\byou{_WILL}\s+(?:get|receive|hear from|have (?:it|your|the|a (?:call|reply|refund)))\b"
    r"|\bI promise\b(?! (?:nothing|you nothing))",
    re.IGNORECASE,
)
# First person singular and plural; `e` for who types without diacritics, where it stays clear.
# \u0119 e-ogonek, \u0142 l-stroke, \u015b s-acute, \u0105 a-ogonek, \u0107 c-acute, \u00f3 o-acute
_E = r"(?:[\u0119e]|my)"
POLISH = re.compile(
    r"\b(?:"
    rf"(?:od|za)dzwoni{_E}|wr[\u00f3o]c(?:[\u0119e]|imy)\s+(?:do|z)|sprawdz(?:[\u0119e]|imy)"
    r"|odezw(?:[\u0119e]|iemy)\s+si[\u0119e]|d(?:am|amy)\s+zna[\u0107c]|napisz(?:\u0119|emy)"
    r"|(?:wy|prze|do)[\u015bs]l(?:\u0119|emy)|zwr[\u00f3o]c(?:[\u0119e]|imy)"
    r"|odda(?:m|my)|zajm(?:\u0119|iemy)\s+si[\u0119e]|(?:s)?kontaktuj(?:\u0119|emy)\s+si[\u0119e]"
    r"|(?:po|za)informuj(?:\u0119|emy)|przeka(?:\u017c\u0119|\u017cemy|zemy)|dowiem(?:y)?\s+si[\u0119e]"
    r"|zapytam(?:y)?|wymieni(?:[\u0119e]|my)|napraw(?:i\u0119|imy)|potwierdz(?:[\u0119e]|imy)"
    r"|za[\u0142l]atwi(?:[\u0119e]|my)|dopilnuj(?:\u0119|emy)|obiecuj(?:\u0119|emy)"
    r"|b[\u0119e]d(?:[\u0119e]|ziemy)\s+(?:w\s+kontakcie|informowa[\u0107c])"
    r"|otrzymasz|dostaniesz|(?:otrzyma(?:j[\u0105a])?|dostan(?:ie|[\u0105a]))\s+pa(?:n|ni|[\u0144n]stwo)"
    r"|(?:IT|konsultant(?:ka)?|kolega|kole\u017canka|kurier|kto[\u015bs])\s+(?:od|za)dzwoni"
    r")(?!\w)",
    re.IGNORECASE,
)
NOT_SAID = re.compile(r"\b(?:nie|not|never|nikt|no one|nobody)\s+(?:\w+\s+)?$", re.IGNORECASE)
# A clause that begins so says on what something hangs, and is no promise itself.
CONDITION = re.compile(
    r"\s*(?:but |and |or |a |i |lub |albo )?(?:if|unless|in case|when|whenever|once|before|until"
    r"|je[\u015bs]li|je\u017celi|gdy|gdyby|kiedy|dop[\u00f3o]ki|zanim|w razie)\b",
    re.IGNORECASE,
)
CLAUSE = re.compile(r"[,;:()\u2013\u2014]")
LIST_ITEM = re.compile(r"\s*(?:[-*\u2022]|\d+[.)])\s")
END = re.compile(r"[.!?\u2026]+(?=\s|$)|\n+")


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
    # What was said twice is quoted from where it was said last.
    quoted = {
        sentence: Promise("words", _cut(sentence), who, seq)
        for seq, who, words in said
        for sentence in _promising(words, is_bot=who == BOT)
    }
    newest = sorted(quoted.values(), key=lambda promise: promise.seq or 0)
    return (*known, *newest[-MOST:])


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


def _promising(words: str, *, is_bot: bool) -> Iterator[str]:
    """The sentences in which something is promised.

    The bot explains in lists, and ends with a question what is only to be confirmed; of its other
    texts those are about this customer that name a number: a day, a time, an amount.
    """
    if is_bot and words.rstrip().endswith("?"):
        return
    for line in words.splitlines():
        if is_bot and LIST_ITEM.match(line):
            continue
        for sentence in _sentences(line):
            if _promises(sentence, is_bot=is_bot):
                yield sentence


def _promises(sentence: str, *, is_bot: bool) -> bool:
    if sentence.endswith(("?", ":")):
        return False
    clauses = CLAUSE.split(sentence)
    if is_bot and (not re.search(r"\d", sentence) or any(map(CONDITION.match, clauses))):
        return False  # what holds for everybody, or in a case that may never be
    return any(_is_said(clause) for clause in clauses if not CONDITION.match(clause))


def _is_said(clause: str) -> bool:
    found = ENGLISH.search(clause) or POLISH.search(clause)
    return found is not None and not NOT_SAID.search(clause[: found.start()])


def _sentences(line: str) -> Iterator[str]:
    """A point before a small letter or a number ends none: “godz. 15”, “ul. Prosta”."""
    begin = 0
    for end in END.finditer(line):
        rest = line[end.end() :].lstrip()
        if end.group() == "." and rest and (rest[0].islower() or rest[0].isdigit()):
            continue
        yield _plain(line[begin : end.end()])
        begin = end.end()
    if line[begin:].strip():
        yield _plain(line[begin:])


def _plain(sentence: str) -> str:
    return " ".join(sentence.split())


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1].rstrip()}…"
