"""Payment card numbers and their security codes. Pure.

A number is a card's when the issuers use its first digits with its length (ISO/IEC 7812 and the
schemes' own ranges) and its last digit is right (Luhn). So the IMEI of a phone (35…, 86…, 15 digits
that pass Luhn as well), a parcel's tracking number and an IBAN stay readable.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]

SEPARATOR = r"[\s.\-\u2010-\u2015\u2212_]{1,2}"
RUN = re.compile(rf"\d+(?:{SEPARATOR}\d+)*")
GROUP = re.compile(r"\d+")
CUE = re.compile(r"card|kart|visa|master|maestro|amex|american express|cv[vc]|blik", re.IGNORECASE)
SECURITY_CODE = re.compile(
    r"\bcv[vc]2?\b(?:\s*(?:code|number|kod|numer|is|to|[:=-])){0,3}\s*(\d{3,4})(?!\d)",
    re.IGNORECASE,
)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.IGNORECASE)
SHORTEST, LONGEST = 13, 19
COMMON_SHORTEST = 16  # every scheme but the few below
LEAST_GROUP = 4
# The eras in which fewer than 16 digits are in use, by their first digits.
SHORT_NUMBERS = {
    13: ("4",),
    14: ("300", "301", "302", "303", "304", "305", "309", "36", "38", "39"),
    15: ("34", "37"),
}
MAESTRO = ("5018", "5020", "5038", "5893", "6304", "6759", "6761", "6762", "6763")
MIR_AND_MASTERCARD = (range(2200, 2205), range(2221, 2721))
POLISH_ACCOUNT_DIGITS = 26
INPOST_PARCEL = (4,) * 6
PARCEL_SIGN = "(00)"  # of a serial shipping container code


def find_cards(text: str) -> Iterator[Span]:
    """Where card numbers stand, and the security codes that are named as such."""
    protected = list(_accounts(text))
    has_cue = CUE.search(text) is not None
    for run in RUN.finditer(text):
        groups = [group.span() for group in GROUP.finditer(text, *run.span())]
        if any(start < run.end() and run.start() < end for start, end in protected):
            continue
        if _is_something_else(text, groups):
            continue
        yield from _cards_in(text, groups, has_cue=has_cue)
    for code in SECURITY_CODE.finditer(text):
        yield code.span(1)


def _cards_in(text: str, groups: list[Span], *, has_cue: bool) -> Iterator[Span]:
    """The longest card from each group on; a card is made of whole groups."""
    first = 0
    while first < len(groups):
        for last in range(min(len(groups), first + LONGEST), first, -1):
            taken = groups[first:last]
            if _is_card(text, taken, has_cue=has_cue):
                yield taken[0][0], taken[-1][1]
                first = last - 1
                break
        first += 1


def _is_card(text: str, groups: list[Span], *, has_cue: bool) -> bool:
    digits = "".join(text[start:end] for start, end in groups)
    if not SHORTEST <= len(digits) <= LONGEST:
        return False
    if not has_cue and not _stands_like_a_card(text, groups):
        return False
    return is_card_number(digits)


def _stands_like_a_card(text: str, groups: list[Span]) -> bool:
    """Without a word about cards: no letters glued to it, and no phone-like groups of three."""
    start, end = groups[0][0], groups[-1][1]
    is_glued = text[start - 1 : start].isalpha() or text[end : end + 1].isalpha()
    return not is_glued and all(b - a >= LEAST_GROUP for a, b in groups[:-1])


def _is_something_else(text: str, groups: list[Span]) -> bool:
    """A phone number with its country code, a parcel of 24 digits in fours, or "(00)" and 18."""
    start = groups[0][0]
    if text[:start].endswith(PARCEL_SIGN):
        return True
    is_phone = text[start - 1 : start] == "+" and groups[0][1] - start < LEAST_GROUP
    return is_phone or tuple(b - a for a, b in groups) == INPOST_PARCEL


def is_card_number(digits: str) -> bool:
    """Whether some issuer could have printed this number on a card."""
    return _is_issued(digits) and passes_luhn(digits)


def _is_issued(digits: str) -> bool:
    if len(digits) >= COMMON_SHORTEST:
        head = int(digits[:4])
        return digits[0] in "3456" or any(head in heads for heads in MIR_AND_MASTERCARD)
    return digits.startswith((*SHORT_NUMBERS.get(len(digits), ()), *MAESTRO))


def passes_luhn(digits: str) -> bool:
    """The check that every card number passes (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _accounts(text: str) -> Iterator[Span]:
    """Bank accounts: an IBAN, or the 26 digits of a Polish one."""
    for found in IBAN.finditer(text):
        start = found.start()
        # The pattern is greedy over words that follow: the longest head that checks is the account.
        for end in range(found.end(), start + 14, -1):
            if is_iban(text[start:end]):
                yield start, end
                break
    for run in RUN.finditer(text):
        digits = "".join(GROUP.findall(run.group()))
        if len(digits) == POLISH_ACCOUNT_DIGITS and is_iban("PL" + digits):
            yield run.span()


def is_iban(words: str) -> bool:
    """The check of ISO 13616: with its head moved to the end, the number modulo 97 is 1."""
    account = re.sub(r"[\s-]", "", words).upper()
    if not account.isalnum() or not account.isascii():
        return False
    moved = account[4:] + account[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1
