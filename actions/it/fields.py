"""Fields that several IT forms have. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.forms.field import (
    Choice,
    Field,
    FreeText,
    Pattern,
    Reading,
    Value,
    Words,
    Wrong,
    short,
)
from actions.forms.kinds import email, phone_number
from actions.forms.message import Message

_PHONE = re.compile(r"(?:\+|00)?\d[\d ().\-]{5,}\d")
_EMAIL = re.compile(r"[^@\s<>(),;]+@[^@\s<>(),;]+\.[^@\s.,;<>()]{2,}")
_TICKET = re.compile(r"\b(?:INC|REQ)[-_ ]?[0-9]{5}\b", re.IGNORECASE)
_FIVE_DIGITS = re.compile(r"(?<![\d-])[0-9]{5}(?![\d-])")
TEAM, MANY = 2, 20


def work_email(slot: str) -> Pattern:
    """The employee's own address at work."""
    return email(
        slot,
        Words(en="work e-mail", pl="e-mail służbowy"),
        named=r"e-?mail|address|adres|mail",
        says="work_email",
        only_asked=True,
    )


def employee_number(slot: str) -> Pattern:
    """Six digits on the back of the badge."""
    return Pattern(
        slot=slot,
        label=Words(en="employee number", pl="numer pracownika"),
        named=r"employee n|number|numer",
        says="employee_number",
        pattern=r"[0-9]{6}",
        only_asked=True,
    )


@dataclass(frozen=True)
class Named(FreeText):
    """Something with a name of its own: the extractor's name for it, or what is written."""

    entity: str = ""

    def read(self, message: Message) -> Reading:
        told = message.values(self.entity)
        return Value(short(told[0], self.most)) if told else super().read(message)

    def notice(self, message: Message) -> str | None:
        told = message.values(self.entity)
        return short(told[0], self.most) if told else super().notice(message)


@dataclass(frozen=True)
class Contact(Field):
    """An e-mail address or a telephone number, whichever is given."""

    def read(self, message: Message) -> Reading:
        for told in (*message.values("email"), *_EMAIL.findall(message.text)):
            return Value(told.strip(".!?"))
        for told in (*message.values("phone"), *_PHONE.findall(message.text)):
            number = phone_number(told)
            return Wrong(told.strip()) if number is None else Value(number)
        is_try = re.search(r"[@\d]", message.text) is not None
        return Wrong(short(message.text)) if is_try else None

    def notice(self, message: Message) -> str | None:
        reading = self.read(message)
        is_good = isinstance(reading, Value) and "@" in reading.value
        return reading.value if isinstance(reading, Value) and is_good else None


@dataclass(frozen=True)
class People(Choice):
    """How many are affected: an option, or the number itself."""

    def read(self, message: Message) -> Reading:
        count = re.search(r"(?<![\d-])\d{1,5}(?![\d-])", message.text)
        if count is not None and not message.is_button:
            return Value(str(int(count.group()))) if int(count.group()) else Wrong(count.group())
        return super().read(message)

    @staticmethod
    def count(value: str) -> int:
        """What the IT service wants to know: a number."""
        return int(value) if value.isdecimal() else {"me": 1, "team": TEAM, "many": MANY}[value]


@dataclass(frozen=True)
class TicketNumber(Pattern):
    """INC-20417, however it is typed; five digits alone are an incident."""

    pattern: str = r"(?:INC|REQ)-[0-9]{5}"
    entity: str = "ticket_number"
    attempt: str = r"(?i:(?:\b(?:inc|req)[\W_]{0,2})?\d[\w-]*(?: \d+)*)"

    def notice(self, message: Message) -> str | None:
        told = super().notice(message)
        if told is not None:
            return told
        numbers = _TICKET.findall(message.text)
        if not numbers and message.intent == "it_give_ticket_number":
            numbers = _FIVE_DIGITS.findall(message.text)
        return self._clean(numbers[0]) if numbers else None

    def _clean(self, text: str) -> str:
        kind = "REQ" if text.strip().upper().startswith("REQ") else "INC"
        digits = re.sub(r"\D", "", text)
        return f"{kind}-{digits}" if digits else text.strip()
