"""The transcript by itself: a window moved to another place, a page beside it, or all of it."""

from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from bot.conversations.errors import NotFound
from bot.inbox import queries, window
from bot.inbox.guard import visitor
from bot.inbox.screen import Screen, asked_window, number, page_cursor, with_what_is_read


@dataclass(frozen=True)
class TranscriptPages:
    """Handlers of what is read of a conversation beside its page."""

    screen: Screen

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        router.get("/conversations/{conversation_id}/entries")(self.entries)
        router.get("/conversations/{conversation_id}/transcript")(self.whole)

    async def entries(self, request: Request, conversation_id: str) -> Response:
        """`before` or `after` a message: the page beside it; else the window as in the address.

        What was shown counts as read, as it does when the conversation is opened.
        """
        agent, asked = visitor(request).agent, request.query_params
        before, cursor = number(asked.get("before")), page_cursor(request)
        async with self.screen.db.read() as session:
            found = await queries.find_conversation(session, agent, conversation_id)
            if found is None:
                raise NotFound
            if before:
                template, shown = "earlier", await window.before(session, conversation_id, before)
            elif cursor.last:
                template, shown = "later", await window.after(session, conversation_id, cursor)
                shown = await with_what_is_read(request, session, conversation_id, shown)
            else:
                template, shown = "window", await asked_window(request, session, conversation_id)
            undelivered = await queries.undelivered_in(session, conversation_id)
        if not before:
            await self.screen.mark_read(agent, conversation_id, shown.last)
        render = partial(self.screen.render, request, conversation=found[0], window=shown)
        html = render(f"transcript/_{template}.html", undelivered=undelivered)
        return HTMLResponse(html)

    async def whole(self, request: Request, conversation_id: str) -> Response:
        """All of it as one page, to be printed or searched by the browser."""
        agent = visitor(request).agent
        async with self.screen.db.read() as session:
            found = await queries.find_conversation(session, agent, conversation_id)
            if found is None:
                raise NotFound
            conversation, customer = found
            entries = await window.whole(session, conversation_id)
            undelivered = await queries.undelivered_in(session, conversation_id)
        html = self.screen.render(
            request,
            "transcript/whole.html",
            conversation=conversation,
            customer=customer,
            visitor_code=queries.visitor_code(customer),
            entries=entries,
            undelivered=undelivered,
        )
        return HTMLResponse(html)
