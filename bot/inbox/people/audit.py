"""Who did what from where, for managers and admins."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from bot.accounts.people import People
from bot.audit import repository
from bot.audit.acts import ON_CONVERSATIONS, ON_OTHER_THINGS, Act
from bot.audit.repository import Filter
from bot.db import Database
from bot.desks import Desks
from bot.handoff.origin import browser_in_words
from bot.inbox.guard import GoTo, language_of
from bot.inbox.people.desk_page import desk_page
from bot.inbox.screen import number

PAGE = 50
AUDIT = "/inbox/audit"
KEPT = ("act", "agent", "conversation", "since", "until")


@dataclass(frozen=True)
class AuditPage:
    """Reads the log; nothing here can change it."""

    db: Database
    people: People
    desks: Desks

    def add_to(self, router: APIRouter) -> None:
        """Adds the route."""
        router.get("/audit")(self.show)

    async def show(self, request: Request) -> Response:
        """A page of entries, newest first. What cannot be read of a filter is left out of it."""
        asked = request.query_params
        wanted = Filter(
            act=Act(asked["act"]) if asked.get("act") in list(Act) else None,
            agent_id=_id(asked.get("agent")),
            conversation_id=_id(asked.get("conversation")),
            since=_day(asked.get("since")),
            until=_day(asked.get("until"), days=1),
            before=number(asked.get("before")) or None,
        )
        async with self.db.read() as session:
            found = await repository.entries(session, wanted, limit=PAGE + 1)
        if wanted.before and not found:
            raise GoTo(AUDIT)
        kept = {key: asked[key] for key in KEPT if asked.get(key)}
        older = None
        if len(found) > PAGE:
            older = f"{AUDIT}?{urlencode(kept | {'before': str(found[PAGE - 1].id)})}"
        return desk_page(
            request,
            "audit",
            entries=[(entry, browser_in_words(entry.browser)) for entry in found[:PAGE]],
            people=await self.people.all(),
            acts={"conversations": ON_CONVERSATIONS, "others": ON_OTHER_THINGS},
            desk_names={desk.id: desk.name[language_of(request)] for desk in self.desks.all()},
            conversation=wanted.conversation_id,
            asked=kept,
            older=older,
        )


def _id(typed: str | None) -> str | None:
    return typed if typed and re.fullmatch("[0-9a-f-]{36}", typed) else None


def _day(typed: str | None, *, days: int = 0) -> datetime | None:
    """The beginning of a day in UTC, as date fields send it."""
    try:
        day = datetime.strptime(typed or "", "%Y-%m-%d").replace(tzinfo=UTC)
        return day + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
