"""Puts pages together: what every template needs, the list, and an open conversation."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.accounts.permissions import Permission, may
from bot.accounts.standing import Standing
from bot.channel import FileLimits
from bot.conversations.news import agents_topic
from bot.db import Database
from bot.desks import Desks
from bot.handling.bulk import MOST
from bot.handoff.snooze import CHOICES
from bot.inbox import lists, queries, reading, render, window
from bot.inbox.guard import form_fields, is_htmx, language_of, visitor
from bot.inbox.keys import by_group
from bot.inbox.reading import OpenComposer, OpenConversation
from bot.inbox.views import SEARCH, TABS, VIEW_OF_STATUS, View, view_named
from bot.live import Bus, Hint
from bot.upkeep.rules import Alarm

# Everything that the page shows is fetched anew, also where no live stream gets through.
REFRESH = {"HX-Trigger-After-Settle": "refresh"}

MAX_DIGITS = 9
LONGEST_ID = 36
LONGEST_KEY = 8  # of a window (bot/inbox/window.py)


@dataclass(frozen=True)
class Screen:
    """What the pages and the actions have in common."""

    db: Database
    bus: Bus
    desks: Desks
    # Since when no engine answers; None while one does.
    engines_down_since: Callable[[], datetime | None]
    alarms: Callable[[], tuple[Alarm, ...]]
    file_limits: FileLimits | None
    standing: Callable[[Agent], Standing]
    saw_mentions: Callable[[Agent, str], Awaitable[None]]

    def render(self, request: Request, template: str, **values: object) -> Markup:
        """The template with the agent, the form token and the desks' names."""
        who, language = visitor(request), language_of(request)
        names = {desk.id: desk.name[language] for desk in self.desks.all()}
        return render.render(
            template,
            language=language,
            agent=who.agent,
            csrf=who.csrf,
            desk_names=names,
            may_direct=may(who.agent, Permission.DIRECT),
            may_audit=may(who.agent, Permission.READ_AUDIT),
            may_keep_shared=may(who.agent, Permission.KEEP_SHARED),
            desk_fields={desk.id: desk.fields for desk in self.desks.all()},
            snooze_choices=tuple(CHOICES),
            bulk_most=MOST,
            key_groups=by_group(),
            tabs=TABS,
            other_views=[view for view in View if view not in TABS],
            plain_views=tuple(View),
            file_limits=self.file_limits,
            engines_down_since=self.engines_down_since(),
            alarms=[alarm for alarm in self.alarms() if alarm.concerns(who.agent.desks)],
            **{"standing": self.standing(who.agent), **values},
        )

    async def show_list(self, request: Request) -> HTMLResponse:
        """The page with no conversation open."""
        who, view = visitor(request), listed(request)
        after = request.query_params.get("after")
        async with self.db.read() as session:
            listing = await lists.listing(session, who.agent, view, after=after)
        html = self.render(request, "inbox.html", listing=listing, view=view, opened=None)
        return HTMLResponse(html)

    async def show_conversation(
        self, request: Request, conversation_id: str, *, status: int = 200, **values: object
    ) -> HTMLResponse:
        """The page with a conversation open; htmx takes from it what it needs."""
        agent = visitor(request).agent
        async with self.db.read() as session:
            opened = await reading.open_conversation(session, agent, conversation_id)
            shown = await asked_window(request, session, conversation_id)
        await self.mark_read(agent, conversation_id, shown.last)
        view = await asked_view(request, opened)
        there = request.headers.get("x-list-rows")
        rows = lists.rows_within(there)
        async with self.db.read() as session:
            listing = await lists.listing(session, agent, view, rows=rows)
        html = self.render(
            request,
            "inbox.html",
            listing=listing,
            view=view,
            opened=opened,
            conversation=opened.conversation,
            window=shown,
            page_epoch=opened.conversation.epoch,
            list_stays=lists.stays(there, request.headers.get("x-list-view"), view),
            **values,
        )
        return HTMLResponse(html, status)

    async def form_again(self, request: Request, conversation_id: str, form: str) -> Response:
        """The form of an open conversation, ready for the next words; and the news."""
        if not is_htmx(request):
            return back_to(conversation_id)
        async with self.db.read() as session:
            agent = visitor(request).agent
            opened = await reading.open_composer(session, agent, conversation_id)
        html = self.render(
            request,
            form,
            opened=opened,
            conversation=opened.conversation,
            view=await asked_view(request, opened),
            is_fresh=True,
        )
        return HTMLResponse(html, headers=REFRESH)

    async def show_panel(
        self, request: Request, panel: str, *, status: int = 200, **values: object
    ) -> HTMLResponse:
        """The page with something else than a conversation beside the list."""
        view = listed(request)
        async with self.db.read() as session:
            listing = await lists.listing(session, visitor(request).agent, view)
        html = self.render(
            request,
            "inbox.html",
            listing=listing,
            view=view,
            opened=None,
            panel=panel,
            **values,
        )
        return HTMLResponse(html, status)

    async def mark_read(self, agent: Agent, conversation_id: str, seq: int) -> None:
        """Notes what the agent has seen, and tells the agent's other tabs."""
        if await reading.mark_read(self.db, agent, conversation_id, seq, publish=self.bus.publish):
            self.bus.publish(Hint(agents_topic(agent.id), "read", ""))
        await self.saw_mentions(agent, conversation_id)


def listed(request: Request) -> str:
    """What the address asks to see in the list: words to search for come before a view."""
    asked = request.query_params
    words = (asked.get("q") or "").strip()
    return view_named(f"{SEARCH}{words}") if words else view_named(asked.get("view"))


async def asked_view(request: Request, opened: OpenConversation | OpenComposer) -> str:
    """The list that the address or the form names; else the one where the conversation is."""
    asked = request.query_params.get("view")
    if asked is None and request.method == "POST":
        asked = (await form_fields(request)).get("view")
    return view_named(asked, otherwise=VIEW_OF_STATUS[opened.conversation.status])


async def asked_window(
    request: Request, session: AsyncSession, conversation_id: str
) -> window.Window:
    """The part of the transcript that the address asks for: around a message or a note, or the end.

    Whatever cannot be read as such asks for the end.
    """
    asked = request.query_params
    seq, note = number(asked.get("from")), (asked.get("note") or "")[:LONGEST_ID]
    if not seq and not note:
        return await window.newest(session, conversation_id)
    shown = await window.around(session, conversation_id, seq=seq, note=note)
    return await with_what_is_read(request, session, conversation_id, shown)


async def with_what_is_read(
    request: Request, session: AsyncSession, conversation_id: str, shown: window.Window
) -> window.Window:
    """The window, and what its agent has read of the rest: that may be beyond its end."""
    if not shown.has_later:
        return shown
    agent = visitor(request).agent
    read, _ = await queries.seen_by(session, agent, conversation_id)
    return replace(shown, read=read)


def page_cursor(request: Request) -> window.Cursor:
    """What the page has of the transcript, as it says itself."""
    asked = request.query_params
    return window.Cursor(
        first=number(asked.get("first")),
        last=number(asked.get("after")),
        notes=number(asked.get("notes")),
        changes=number(asked.get("changes")),
        is_end=asked.get("more") != "later",
        key=(asked.get("window") or "")[:LONGEST_KEY],
    )


def number(value: str | None) -> int:
    """A number from an address or a form; anything else is 0, which no epoch or message has."""
    words = value or ""
    return int(words) if words.isascii() and words.isdigit() and len(words) <= MAX_DIGITS else 0


def back_to(conversation_id: str) -> Response:
    """The conversation's page, for browsers without a script."""
    return RedirectResponse(f"/inbox/conversations/{conversation_id}", 303)
