"""How a desk can be reached at a moment, and the words for it. Pure."""

from dataclasses import dataclass
from datetime import datetime

from bot.availability.hours import Hours, Words
from bot.texts import text

A_WEEK_DAYS = 7


@dataclass(frozen=True)
class Standing:
    """Whether a desk is open and manned, and what a customer may do when it is not."""

    is_open: bool
    agent_online: bool
    opens_at: datetime | None  # of a closed desk: when it opens next, if ever
    closes_at: datetime | None
    reason: Words | None  # why it is closed or has other hours than usual
    offers_form: bool  # a form stands in the place of “talk to a person”


@dataclass(frozen=True)
class Notice:
    """How a desk can be reached, as customers are told. `words`: by language."""

    standing: Standing
    timezone: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FormWhen:
    """When a form is offered in the place of the queue."""

    closed: bool = True
    nobody_online: bool = False


def standing(hours: Hours, at: datetime, *, agent_online: bool, form_when: FormWhen) -> Standing:
    """How it stands at this moment."""
    period = hours.period_at(at)
    return Standing(
        is_open=period is not None,
        agent_online=agent_online,
        opens_at=None if period is not None else hours.next_opening(at),
        closes_at=None if period is None else period.end,
        reason=hours.closed_because(at),
        offers_form=form_when.nobody_online and not agent_online
        if period is not None
        else form_when.closed,
    )


def opening_in_words(hours: Hours, opens_at: datetime, at: datetime, language: str) -> str:
    """“tomorrow at 8:00”, “on Monday at 8:00”, “on 2 January at 8:00”: in the desk's own zone."""
    there, today = opens_at.astimezone(hours.zone), at.astimezone(hours.zone).date()
    clock = f"{there.hour}:{there.minute:02}"
    days = (there.date() - today).days
    if days == 0:
        return text("hours.when.today", language, clock=clock)
    if days == 1:
        return text("hours.when.tomorrow", language, clock=clock)
    if days < A_WEEK_DAYS:
        weekday = text(f"hours.on_weekday.{there.weekday()}", language)
        return text("hours.when.weekday", language, on_weekday=weekday, clock=clock)
    month = text(f"hours.month.{there.month}", language)
    return text("hours.when.date", language, day=there.day, month=month, clock=clock)


def in_words(hours: Hours, now: Standing, at: datetime, language: str) -> str:
    """One line for the head of a chat: “Open now”, “Closed: Christmas Day. Opens …”."""
    if now.is_open:
        return text("hours.open" if now.agent_online else "hours.open_nobody", language)
    closed = text("hours.closed", language)
    if now.reason is not None:
        closed = text("hours.closed_because", language, reason=now.reason[language])
    if now.opens_at is None:
        return closed
    opens = text("hours.opens", language, when=opening_in_words(hours, now.opens_at, at, language))
    return opens if now.reason is None else f"{closed}. {opens}"


def closed_in_words(hours: Hours, now: Standing, at: datetime, language: str) -> str:
    """A sentence for the transcript: “We are closed until Monday at 8:00.”"""
    reason = f" ({now.reason[language]})" if now.reason is not None else ""
    if now.opens_at is None:
        return text("hours.we_are_closed", language, reason=reason)
    when = opening_in_words(hours, now.opens_at, at, language)
    return text("hours.we_are_closed_until", language, reason=reason, when=when)
