"""Whether somebody typed a password: it is neither read nor repeated. Pure."""

from __future__ import annotations

import re

_TOLD = re.compile(
    r"(?:password|passwd|pwd|pass|hasł[oaem]+|haslo)\s*"
    r"(?:(?:is|was|are|to|jest|brzmi|było|bylo|mam)\b|[:=])\s*(?P<word>\S+)",
    re.IGNORECASE,
)
# "My password is expired" tells no password.
_STATE = re.compile(
    r"^(?:expired|wrong|incorrect|not|no|too|old|always|invalid|locked|rejected|refused|accepted"
    r"|gone|lost|never|still|the|a|my|being|about|weak|correct|ok|okay|blocked|forgotten|unknown"
    r"|nie|złe|zle|błędne|bledne|wygas\w*|star\w*|odrzuc\w*|zawsze|zapomn\w*|zablok\w*|niepopr\w*"
    r"|nieprawid\w*|ju[żz]|za|dobre|poprawne|przeterm\w*|t\w|moje|nieznane)\b",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}[.,;!?]?")
_LEAST = 8


def tells_password(text: str) -> bool:
    """My password is Kotek123, hasło: Kotek123, or nothing but such a word."""
    told = _TOLD.search(text)
    if told is not None and not _STATE.match(told["word"]):
        return True
    words = text.split()
    return len(words) == 1 and _looks_like_one(words[0])


def _looks_like_one(word: str) -> bool:
    if len(word) < _LEAST or _EMAIL.fullmatch(word) or word.startswith(("/", "http")):
        return False
    kinds = (str.islower, str.isupper, str.isdigit)
    mixed = sum(any(kind(letter) for letter in word) for kind in kinds)
    strange = re.search(r"[^\w\s.,-]", word) is not None
    return mixed == len(kinds) or (strange and mixed >= len(kinds) - 1)
