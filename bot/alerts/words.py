"""What an agent is told, in their language: never what anybody wrote. Pure."""

import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from bot.alerts.rules import Kind
from bot.texts import text
from bot.triage.words import named

ACCOUNT_PATH = "/inbox/alerts"


@dataclass(frozen=True)
class News:
    """What happened. `since`: how long it has waited for a person; `due`: until when somebody
    should answer, in the desk's `zone`."""

    kind: Kind
    conversation: str
    desk: str
    zone: ZoneInfo
    topic: str | None = None
    since: datetime | None = None
    due: datetime | None = None
    by_name: str | None = None


def path_of(news: News) -> str:
    """Where the inbox shows it."""
    return f"/inbox/conversations/{news.conversation}"


def title(news: News, language: str) -> str:
    """In one line."""
    return text(f"alert.{news.kind}.title", language, name=news.by_name or "", desk=news.desk)


def lines(news: News, language: str, at: datetime) -> list[str]:
    """What else is known, a line each."""
    found = [text("alert.desk", language, desk=news.desk)]
    if news.topic:
        topic = named("intent", news.topic, language)
        found.append(text("alert.topic", language, topic=topic))
    if news.since is not None:
        minutes = max(int((at - news.since).total_seconds() // 60), 0)
        found.append(text("alert.waits", language, count=minutes))
    if news.due is not None:
        due = format_datetime(news.due.astimezone(news.zone), "EEEE, HH:mm", locale=language)
        # Of an escalation the deadline may be over, and need not be an answer's.
        key = "alert.deadline" if news.kind is Kind.ESCALATED else "alert.due"
        found.append(text(key, language, due=due))
    return found


def push_payload(news: News, language: str, at: datetime) -> bytes:
    """What the service worker shows (frontend/inbox/service-worker.js)."""
    shown = {
        "title": title(news, language),
        "body": "\n".join(lines(news, language, at)),
        "url": path_of(news),
        "tag": f"{news.kind} {news.conversation}",
        "lang": language,
    }
    return json.dumps(shown, ensure_ascii=False).encode()


def mail_body(news: News, language: str, at: datetime, *, name: str, base: str) -> str:
    """The mail's words; `base`: the desk's own address."""
    return text(
        "alert.mail",
        language,
        name=name,
        title=title(news, language),
        lines="\n".join(lines(news, language, at)),
        link=base + path_of(news),
        account=base + ACCOUNT_PATH,
    )
