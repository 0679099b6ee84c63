"""A file's name as it may be shown and saved: one line, no path, nothing that turns it. Pure."""

import re
import unicodedata

LONGEST = 120
LONGEST_EXTENSION = 12
NAMELESS = "file"
# Separators of paths, and what Windows forbids in a name.
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,12}$")


def clean(name: str) -> str:
    """The last part of the path without control and direction characters, of bearable length.

    U+202E makes “gpj.exe” look like “exe.jpg”; it, its like, and half characters are left out.
    """
    last = re.split(r"[\\/]", name)[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    line = " ".join(_FORBIDDEN.sub(" ", seen).split()).rstrip(" .")
    stem, extension = split(line)
    return f"{stem[: LONGEST - len(extension)].rstrip(' .') or NAMELESS}{extension}"


def split(name: str) -> tuple[str, str]:
    """The name without its extension, and the extension with its dot (empty if it has none)."""
    found = _EXTENSION.search(name)
    return (name, "") if found is None else (name[: found.start()], found.group())
