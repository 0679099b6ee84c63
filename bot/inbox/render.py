"""Turns templates into pages: every text in the agent's language, everything escaped."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_percent
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from bot.channel import Trouble
from bot.clock import now
from bot.handoff.origin import safe_link
from bot.inbox.words import file_size, linked
from bot.markup.html import as_html
from bot.texts import MissingText, text
from bot.upkeep.words import in_words

TEMPLATES = Path(__file__).parent / "templates"
ASSETS = Path(__file__).parent.parent.parent / "frontend" / "dist" / "inbox"


def page(name: str, *, language: str, status: int = 200, **values: object) -> HTMLResponse:
    """The template as a response."""
    return HTMLResponse(render(name, language=language, **values), status)


def render(name: str, *, language: str, **values: object) -> Markup:
    """The template as text, which other templates need not escape again."""
    return Markup(_environment().get_template(name).render(language=language, **values))  # noqa: S704


def digest(html: str) -> str:
    """A short sign for a fragment, so that what has not changed is not swapped."""
    return hashlib.sha256(html.encode()).hexdigest()[:12]


def named(kind: str, name: str, language: str) -> str:
    """The text `<kind>.<name>`, or the name made readable: new intents need no text at once."""
    try:
        return text(f"{kind}.{name}", language)
    except MissingText:
        return name.replace("_", " ").strip().capitalize()


def fact_value(name: str, value: str, language: str) -> str:
    """The value of a fact in words, where it is one of a few; else as it was given."""
    try:
        return text(f"inbox.value.{name}.{value}", language)
    except MissingText:
        return value


@lru_cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(t=_text, named=_named, fact_value=_fact_value, asset=asset)
    made.filters.update(
        span=_span, ago=_ago, moment=_moment, percent=_percent, first_words=first_words
    )
    made.filters.update(in_words=_in_words, until=_until, is_past=_is_past)
    made.filters.update(linked=linked, marked=as_html, file_size=_file_size, safe_link=safe_link)
    return made


def _language(context: Context) -> str:
    return str(context["language"])


@pass_context
def _text(context: Context, key: str, **values: object) -> str:
    return text(f"inbox.{key}", _language(context), **values)


@pass_context
def _named(context: Context, kind: str, name: str) -> str:
    return named(kind, name, _language(context))


@pass_context
def _fact_value(context: Context, name: str, value: str) -> str:
    return fact_value(name, value, _language(context))


@pass_context
def _in_words(context: Context, trouble: Trouble) -> tuple[str, str]:
    """What stops a channel, and how to mend it."""
    return in_words(trouble, context["desk_names"], _language(context))


@pass_context
def _span(context: Context, since: datetime) -> str:
    """How long ago, short: for waiting times."""
    gone = max(int((now() - since).total_seconds()), 0)
    if gone < 60:
        return text("inbox.under_a_minute", _language(context))
    return format_timedelta(
        gone, granularity="minute", threshold=1.5, format="short", locale=_language(context)
    )


@pass_context
def _until(context: Context, at: datetime) -> str:
    """How long it is until then, or how long ago it was: one short span without a sign."""
    return _span(context, now() - abs(at - now()))


def _is_past(at: datetime) -> bool:
    return at <= now()


@pass_context
def _ago(context: Context, at: datetime) -> str:
    gone = max(int((now() - at).total_seconds()), 0)
    if gone < 60:
        return text("inbox.just_now", _language(context))
    return format_timedelta(-gone, threshold=1.5, add_direction=True, locale=_language(context))


@pass_context
def _moment(context: Context, at: datetime) -> str:
    """The full time; the browser turns it into the agent's own zone."""
    return format_datetime(at, "d MMM y, HH:mm 'UTC'", locale=_language(context))


@pass_context
def _percent(context: Context, share: float) -> str:
    return format_percent(share, "#,##0 %", locale=_language(context))


@pass_context
def _file_size(context: Context, size: int) -> str:
    return file_size(size, _language(context))


def first_words(words: str, length: int = 140) -> str:
    """One line of a message, cut at a word."""
    line = " ".join(words.split())
    return line if len(line) <= length else f"{line[:length].rsplit(' ', 1)[0]}…"


@lru_cache
def asset(name: str) -> str:
    """The address of a file for browsers; it changes with the file, so no old one is used."""
    file = ASSETS / name
    version = digest(file.read_text("utf-8")) if file.exists() else "0"
    return f"/assets/{name}?v={version}"


def alert(
    message: str,
    *,
    language: str,
    status: int,
    can_reload: bool,
    headers: Mapping[str, str],
    field: str | None = None,
) -> HTMLResponse:
    """A refusal for the page's alert area: whatever was typed stays where it is.

    `field`: which one of the form is marked too.
    """
    words = {"message": message, "can_reload": can_reload, "field": field}
    html = render("_alert.html", language=language, **words)
    return HTMLResponse(html, status, headers=dict(headers))
