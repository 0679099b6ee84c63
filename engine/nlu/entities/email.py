"""E-mail addresses, the domain in small letters. Pure."""

from __future__ import annotations

import re

from engine.nlu.entities.found import Found, place

# Lengths are those of RFC 5321; they also keep the search linear.
_ADDRESS = re.compile(
    r"(?<![\w.!#$%&'*+/=?^`{|}~@-])"
    r"(?P<local>\w[\w.!#$%&'*+/=?^`{|}~-]{0,63})@"
    r"(?P<domain>(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24})"
    r"(?![\w@]|-\w)"
)


def find(text: str) -> list[Found]:
    if "@" not in text:
        return []
    return [
        place(text, match.start(), match.end(), f"{match['local']}@{match['domain'].lower()}")
        for match in _ADDRESS.finditer(text)
        if not match["local"].endswith(".") and ".." not in match["local"]
    ]
