"""PESEL, the Polish national identity number: a birthday and a check digit. Pure."""

import re
from collections.abc import Iterator
from datetime import date

Span = tuple[int, int]

# Glued to letters it is part of some other code, unless they say what it is; after a plus, a phone.
NUMBER = re.compile(
    r"(?:(?<=pesel)|(?<![\w+#]))(?<!\d[ -])"
    r"(\d{6}[ -]?\d{5}|\d{2}[ -]\d{2}[ -]\d{2}[ -]\d{5})(?!\w|[ -]\d)",
    re.IGNORECASE,
)
WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
# The month tells the century. People born before 1900 or long after this program do not write.
CENTURY_OF_MONTH = {0: 1900, 20: 2000}
LAST_YEAR_OF_BIRTH = 2035  # keeps Polish phone numbers out: 48 22 … would be February 2048


def find_pesels(text: str) -> Iterator[Span]:
    """Where such numbers stand."""
    for found in NUMBER.finditer(text):
        if is_pesel(re.sub(r"\D", "", found.group(1))):
            yield found.span(1)


def is_pesel(digits: str) -> bool:
    """Whether the eleven digits have the right check digit and a plausible date."""
    weighted = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits[:10], strict=True))
    return (10 - weighted % 10) % 10 == int(digits[10]) and _has_birthday(digits)


def _has_birthday(digits: str) -> bool:
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    century = CENTURY_OF_MONTH.get(month // 20 * 20)
    if century is None:
        return False
    try:
        return date(century + year, month % 20, day).year <= LAST_YEAR_OF_BIRTH
    except ValueError:
        return False
