"""Fields that several forms have. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from actions.dates import long_date
from actions.forms.field import (
    Field,
    FreeText,
    Pattern,
    Reading,
    Value,
    Values,
    Words,
    Wrong,
    always,
    short,
)
from actions.forms.message import Message

# The day and the hour are those of the desk, wherever the server stands.
ZONE = ZoneInfo("Europe/Warsaw")
_PHONE = re.compile(r"(?:\+|00)?\d[\d ().\-/]{4,}\d|\d{3,}")
_ISO_DAY = re.compile(r"(?<!\d)(\d{4})-(\d\d?)-(\d\d?)(?!\d)")
_DAY = re.compile(r"(?<![\d:])(\d\d?)[./](\d\d?)(?:[./](\d{4}))?(?!\d)")
_NEAR_DAYS = (
    (r"day after tomorrow|pojutrze", 2),
    (r"tomorrow|jutro", 1),
    (r"today|dzisiaj|dziś|dzis", 0),
    (r"day before yesterday|przedwczoraj", -2),
    (r"yesterday|wczoraj", -1),
)
_HOUR = re.compile(
    r"(?<![\d.-])(?P<hour>\d\d?)(?:[:.](?P<minute>\d\d))?\s*(?P<half>[ap]\.?m)?(?![\d.-])",
    re.IGNORECASE,
)
# A part of the day is kept by its name, and stands for an hour.
PARTS = {"morning": "09:00", "noon": "12:00", "afternoon": "14:00", "evening": "18:00"}
_PARTS_SHOWN = {
    "morning": Words(en="in the morning, about 9:00", pl="rano, około 9:00"),
    "noon": Words(en="at noon", pl="w południe"),
    "afternoon": Words(en="in the afternoon, about 14:00", pl="po południu, około 14:00"),
    "evening": Words(en="in the evening, about 18:00", pl="wieczorem, około 18:00"),
}
_PART_WORDS = (
    ("afternoon", r"(?<!good )afternoon|po ?południu|po ?poludniu|popołudni\w*|popoludni\w*"),
    (
        "morning",
        r"(?<!good )mornings?|rano|z rana|od rana|ranek|rankiem|przed (?:południem|poludniem)",
    ),
    ("noon", r"noon|midday|lunch ?time|(?:w )?(?:samo )?(?:południe|poludnie)"),
    ("evening", r"(?<!good )evening|wieczor\w*|wieczór"),
)
_NEAR_DAY = re.compile(
    r"\b(?:tomorrow|today|this|(?:mon|tues|wednes|thurs|fri|satur|sun)day|jutro|dziś|dzis|dzisiaj"
    r"|pojutrze|poniedziałek|wtorek|środę|srode|czwartek|piątek|piatek|sobotę|sobote|niedzielę)"
    r"\W+(?:in the |early |late |około |kolo |koło )?$",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"^\W*(?:(?:i|we) (?:need|have|want) (?:it )?|(?:jest )?potrzebn\w+ )?"
    r"(?:for (?!a (?:person|human))|because|since i\b|so that|in order"
    r"|to (?!(?:a |the )?(?:person|human|agent|stop|end|quit|be honest))"
    r"|do (?!widzenia|człowieka|czlowieka|konsultanta|not\b|you\b)"
    r"|żeby|zeby|aby|bo|ponieważ|w celu|na potrzeby|dla (?!mnie|siebie))\s*\w+",
    re.IGNORECASE,
)
_TORN_EMAIL = re.compile(r"(?<![^\s(<])[^\s,;@]+[,;][^\s,;@]+@[^\s,;]+")
# In more words a part of the day belongs to a story, unless a day stands before it.
_PART_TOLD_WORDS = 4
_HOUR_TOLD = re.compile(r"(?:\bat|\bo|\bpo|godz\w*\.?|after)\s*(?=\d)", re.IGNORECASE)


def now() -> datetime:
    return datetime.now(tz=ZONE)


@dataclass(frozen=True)
class Phone(Field):
    """A telephone number, kept as +48600100200; nine digits alone are a Polish one."""

    def read(self, message: Message) -> Reading:
        for told in message.values("phone"):
            number = phone_number(told)
            if number is not None:
                return Value(number)
        match = _PHONE.search(message.text)
        if match is None:
            return None
        number = phone_number(match.group())
        return Wrong(match.group().strip()) if number is None else Value(number)

    def notice(self, message: Message) -> str | None:
        told = (phone_number(value) for value in message.values("phone"))
        return next((number for number in told if number is not None), None)

    def shown(self, value: str, language: str) -> str:
        if value.startswith("+48") and len(value) == 12:
            return f"+48 {value[3:6]} {value[6:9]} {value[9:]}"
        return value


def phone_number(text: str) -> str | None:
    """In the international form; None when it cannot be one."""
    digits = re.sub(r"\D", "", text)
    abroad = text.strip().startswith(("+", "00"))
    if abroad:
        number = f"+{digits.lstrip('0')}"
    elif len(digits) == 11 and digits.startswith("48"):
        number = f"+{digits}"
    elif len(digits) == 9 and not digits.startswith("0"):
        number = f"+48{digits}"
    else:
        return None
    fits = 12 if number.startswith("+48") else None
    return number if (len(number) == fits if fits else 9 <= len(number) <= 16) else None


@dataclass(frozen=True)
class Day(Field):
    """A date, kept as 2026-12-01: at most so many days back and ahead of today."""

    back: int = 0
    ahead: int = 30
    today: Callable[[], date] = lambda: now().date()

    def read(self, message: Message) -> Reading:
        told = [*message.values("date"), *_days_in(message.text, self.today(), self.back > 0)]
        good = next((value for value in told if self.fits(value)), None)
        if good is not None:
            return Value(good)
        return Wrong(told[0]) if told else None

    def notice(self, message: Message) -> str | None:
        reading = self.read(message)
        return reading.value if isinstance(reading, Value) else None

    def fits(self, value: str) -> bool:
        try:
            days = (date.fromisoformat(value) - self.today()).days
        except ValueError:
            return False
        return -self.back <= days <= self.ahead

    def shown(self, value: str, language: str) -> str:
        return long_date(date.fromisoformat(value), language)


def _days_in(text: str, today: date, past: bool) -> list[str]:
    """What looks like a day: 2026-12-01, 1.12.2026, 1.12, tomorrow, jutro."""
    for words, days in _NEAR_DAYS:
        if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE):
            return [(today + timedelta(days=days)).isoformat()]
    iso = _ISO_DAY.search(text)
    if iso is not None:
        return [_day(int(iso[1]), int(iso[2]), int(iso[3])) or iso.group()]
    match = _DAY.search(text)
    if match is None:
        return []
    year = int(match[3]) if match[3] else today.year
    found = _day(year, int(match[2]), int(match[1]))
    if found is not None and not match[3]:
        is_over = found < today.isoformat()
        if is_over != past and found != today.isoformat():
            found = _day(year - 1 if past else year + 1, int(match[2]), int(match[1]))
    return [found or match.group()]


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


@dataclass(frozen=True)
class Hour(Field):
    """A time of the day, kept as 14:30, within these hours, or as a part of the day."""

    opens: int = 8
    closes: int = 20

    def read(self, message: Message) -> Reading:
        told = [*message.values("time"), *_hours_in(message.text)]
        good = next((value for value in told if self.fits(value)), None)
        if good is not None:
            return Value(good)
        part = part_of_day(message.text)
        if part is not None and not told:
            return Value(part[0])
        return Wrong(short(message.text)) if told else None

    def notice(self, message: Message) -> str | None:
        at = _HOUR_TOLD.search(message.text)
        told = [*message.values("time"), *(_hours_in(message.text[at.end() :]) if at else [])]
        part = part_of_day(message.text)
        if part is not None and not told:
            is_told = _NEAR_DAY.search(message.text[: part[1]]) is not None
            return part[0] if is_told or message.words <= _PART_TOLD_WORDS else None
        return next((value for value in told if self.fits(value)), None)

    def chosen(self, value: str) -> str | None:
        return value if value in PARTS else super().chosen(value)

    def shown(self, value: str, language: str) -> str:
        return _PARTS_SHOWN[value].of(language) if value in PARTS else value

    def fits(self, value: str) -> bool:
        match = re.fullmatch(r"(\d\d):([0-5]\d)", value)
        minutes = int(match[1]) * 60 + int(match[2]) if match else -1
        return self.opens * 60 <= minutes <= self.closes * 60


def clock(time: str) -> str:
    """The hour that a time stands for."""
    return PARTS.get(time, time)


def part_of_day(text: str) -> tuple[str, int] | None:
    """Its name, and where it stands in the text."""
    for name, words in _PART_WORDS:
        match = re.search(rf"\b(?:{words})\b", text, re.IGNORECASE)
        if match is not None:
            return name, match.start()
    return None


@dataclass(frozen=True)
class Purpose(FreeText):
    """What something is needed for."""

    def expects(self, message: Message) -> bool:
        """ "To cancel orders" cancels nothing, and "to help customers" asks for nobody."""
        return _PURPOSE.match(message.text) is not None and not message.text.rstrip().endswith("?")


@dataclass(frozen=True)
class Moment(FreeText):
    """When something began, in the person's own words."""

    def expects(self, message: Message) -> bool:
        """ "Morning" is no greeting here."""
        is_day = bool(message.values("date") or message.values("time"))
        return is_day or part_of_day(message.text) is not None


def _hours_in(text: str) -> list[str]:
    found = []
    for match in _HOUR.finditer(text):
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        if (match["half"] or "").lower().startswith("p") and hour < 12:
            hour += 12
        found.append(f"{hour:02}:{minute:02}")
    return found


def order_number(
    *, resets: tuple[str, ...] = (), needed: Callable[[Values], bool] = always
) -> Pattern:
    """The number of an order at the shop, however its digits are grouped ("10 482", "10-482");
    the customer-care forms share its slot."""
    return Pattern(
        slot="order_number",
        label=Words(en="order number", pl="numer zamówienia"),
        named=r"order n|number of the order|numer\w* zam[oó]wieni|nr zam|zam[oó]wieni",
        entity="order_number",
        pattern=r"[0-9]{5}",
        attempt=r"[\w-]*\d(?:[\w–-]|[ .,\u00a0](?=\d))*",
        drop=r"[ .,\u00a0]|(?<=\d)[-–](?=\d)",
        needed=needed,
        resets=resets,
    )


class Email(Pattern):
    """Of "piotr,lis@volta.example" the end alone would be somebody else's."""

    def read(self, message: Message) -> Reading:
        torn = _TORN_EMAIL.search(message.text)
        return super().read(message) if torn is None else Wrong(short(torn.group()))


def email(
    slot: str, label: Words, *, named: str, says: str = "", only_asked: bool = False
) -> Pattern:
    """An e-mail address."""
    return Email(
        slot=slot,
        label=label,
        named=named,
        says=says,
        entity="email",
        pattern=r"(?!\S*\.\.)[^@\s,;.][^@\s,;]*(?<!\.)@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,24}",
        attempt=r"\S*@\S*",
        drop=r"^[<(\"']+|[>)\"',;.!?]+$|mailto:",
        only_asked=only_asked,
    )
