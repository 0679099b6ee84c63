"""Passwords and PINs that a customer spells out. Pure.

"I forgot my password" and "my password is wrong" are what help desks live on, so a word counts as
a secret only where one is announced ("password:", "pin") and when it looks like one, or stands
there as the only thing that is said.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]

# Polish letters as code points: what people read stands in bot/texts, not in the code.
ENGLISH = r"(?<![\w-])(?:pass[ -]?word|passwd|pwd|pass[ -]?phrase|pass[ -]?code)(?![\w-])"
POLISH = r"(?<![\w-])has[l\u0142](?:o|em)(?![\w-])"
KEY = rf"(?:{ENGLISH}|{POLISH})"
SHORT_KEY = r"(?<![\w-])(?:pass)(?![\w-])"  # a pass is also a ticket: only with a colon
OF_WHAT = r"(?:[ \t]+(?:to|for|do|na|w|my|the|our|login|account|konta|konto|moje|\w{1,20}owe)){0,3}"
EQUALS = rf"(?:{KEY}{OF_WHAT}|{SHORT_KEY})\s*[:=]\s*"
SAYS = (
    rf"(?:{ENGLISH}{OF_WHAT}\s+(?:is|was)|{POLISH}{OF_WHAT}\s+(?:to|brzmi|jest))"
    r"\s*:?\s+(?:to\s+)?"
)
BARE = rf"{KEY}[ \t]+(?:to[ \t]+)?"
VALUE = r"(?P<value>\"[^\"\n]{3,80}\"|'[^'\n]{3,80}'|\u201e[^\u201d\n]{3,80}\u201d|\S{3,80})"

ASSIGNED = re.compile(EQUALS + VALUE, re.IGNORECASE)
SAID = re.compile(SAYS + VALUE, re.IGNORECASE)
FOLLOWING = re.compile(BARE + VALUE, re.IGNORECASE)
PIN = re.compile(
    r"(?<![\w-])(?:pin|puk)(?:[ -]?(?:code|kod|number|numer))?(?![\w])"
    r"(?:\s*(?:to|is|jest|do karty|for my card|to my card|[:=-])){0,3}\s*(?P<value>\d{4,8})(?!\d)",
    re.IGNORECASE,
)

SYMBOL = re.compile(r"[^\w\s.,;:!?'\"()\[\]/\u2019\u201d\u201e\u2026•-]|_")
WORD_THEN_NUMBER = re.compile(
    r"(?:windows|win|office|outlook|sap|teams|excel|word|wifi|vpn|iphone|galaxy|ps)[-_]?\d+", re.I
)
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.\w+|https?://.*|www\..*", re.IGNORECASE)
# What is said of a password without giving it away.
SAID_OF_PASSWORDS = """
wrong incorrect invalid right correct bad good fine old new weak strong short long strange unknown
secret missing gone empty safe unsafe not never always too the that this still now what where how
when why which who please help again required reset change changed forgot forgotten expired
different same case used just already something case-sensitive okay valid impossible hard easy
zapomniane zapomnialem zapomnialam zmiana nie dobre poprawne nowe stare tajne jak gdzie kiedy czemu
dlaczego problem podstawa jest bylo takie samo inne tylko prosze pomocy znowu dalej moje jakie
wygaslo wygasa dziala trzeba musi chyba
"""
ABOUT = frozenset(SAID_OF_PASSWORDS.split())
ENDINGS = (
    *("ed", "ing", "able", "ible"),
    *("alne", "owe", "ane", "one", "lne", "tne", "dne", "kie", "skie", "ete"),
)
CONJUNCTIONS = "and but or so which who because i oraz a ale lub bo ktore"
GOES_ON = frozenset(CONJUNCTIONS.split())
ASCII = str.maketrans("\u0105\u0107\u0119\u0142\u0144\u00f3\u015b\u017a\u017c", "acelnoszz")
TRAILING = " \t.,;:!?)\"'\u201d\u2026"


def find_passwords(text: str) -> Iterator[Span]:
    """Where the words and numbers stand that were given as a password or PIN."""
    for found in ASSIGNED.finditer(text):
        if _is_secret(found, text):
            yield found.span("value")
    for found in SAID.finditer(text):
        if _is_secret(found, text):
            yield found.span("value")
    for found in FOLLOWING.finditer(text):
        value = found["value"]
        if _looks_made_up(value) and len(value) >= 6 and not WORD_THEN_NUMBER.match(value):
            yield found.span("value")
    for found in PIN.finditer(text):
        yield found.span("value")


def _is_secret(found: re.Match[str], text: str) -> bool:
    value = found["value"]
    if _is_quoted(value) or _looks_made_up(value):
        return "•" not in value
    word = value.strip(TRAILING).lower().translate(ASCII)
    if not word or "•" in word or word in ABOUT or word.endswith(ENDINGS):
        return False
    return _ends_there(value, text[found.end() :])


def _is_quoted(value: str) -> bool:
    return len(value) > 4 and value[0] in "\"'\u201e" and value[-1] in "\"'\u201d"


def _looks_made_up(value: str) -> bool:
    """Digits, symbols or capitals inside: no word of either language."""
    if "•" in value or ADDRESS.fullmatch(value.strip(TRAILING)):
        return False
    core = value.strip(TRAILING)
    has_capital_inside = any(letter.isupper() for letter in core[1:]) and not core.isupper()
    return len(core) >= 3 and (
        any(letter.isdigit() for letter in core)
        or SYMBOL.search(core) is not None
        or has_capital_inside
    )


def _ends_there(value: str, rest: str) -> bool:
    """Whether the sentence is over after the word, or goes on with another clause."""
    if value[-1] in ".,;!" or not rest.strip() or rest.lstrip(" \t")[0] in "\n,;.":
        return True
    return rest.split()[0].strip(TRAILING).lower().translate(ASCII) in GOES_ON
