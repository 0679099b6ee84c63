"""The inbox's pages, the fragments that keep them current, and the live stream."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from starlette.background import BackgroundTask

from bot.conversations.errors import NotFound
from bot.inbox import lists, queries, reading, render, window
from bot.inbox.guard import visitor
from bot.inbox.live import LiveStreams
from bot.inbox.reading import OpenConversation
from bot.inbox.screen import Screen, asked_view, listed, number, page_cursor, with_what_is_read
from bot.inbox.window import Window

NOTHING_NEW = 204
STAYS = "stays-"  # before the digest of a list that the page keeps


@dataclass(frozen=True)
class Pages:
    """Handlers of everything that only reads."""

    screen: Screen
    streams: LiveStreams

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        router.get("")(self.home)
        router.get("/list")(self.list_again)
        router.get("/list/more")(self.list_more)
        router.get("/live")(self.live)
        router.get("/conversations/{conversation_id}")(self.conversation)
        router.get("/conversations/{conversation_id}/news")(self.news)
        router.get("/conversations/{conversation_id}/turns/{seq}")(self.turn)

    async def home(self, request: Request) -> Response:
        """The list, with no conversation open."""
        return await self.screen.show_list(request)

    async def conversation(self, request: Request, conversation_id: str) -> Response:
        """A conversation beside the list."""
        return await self.screen.show_conversation(request, conversation_id)

    async def list_again(self, request: Request) -> Response:
        """The list, if it has changed since the page had it.

        A page that has more rows than are sent again asks for none: it gets the numbers alone.
        """
        asked, view = request.query_params, listed(request)
        stays = bool(asked.get("rows")) and not number(asked.get("rows"))
        shown = lists.rows_within(asked.get("rows"))
        async with self.screen.db.read() as session:
            listing = await lists.listing(session, visitor(request).agent, view, rows=shown)
        values = {"listing": listing, "view": view, "current": asked.get("open", "")}
        template = "_list_numbers.html" if stays else "_list.html"
        html = self.screen.render(request, template, **values)
        alarm = self.screen.render(request, "_engine_alarm.html")
        first = " ".join(row.id for row in listing.page.rows) if stays else ""
        known = asked.get("list_digest", "")
        digest = (STAYS if stays else "") + render.digest(html + alarm + first)
        if digest == known:
            return Response(status_code=NOTHING_NEW)
        again = self.screen.render(
            request,
            "_list_again.html",
            **values,
            list_stays=stays,
            html=html,
            alarm=alarm,
            digest=digest,
        )
        if not stays:
            return HTMLResponse(again)
        # What the page had as a list cannot be compared: it knows itself which row is its first.
        is_news = known.startswith(STAYS)
        headers = {
            "HX-Reswap": "none",
            "X-List-Changed": "1" if is_news else "0",
            "X-List-First": listing.page.rows[0].id if listing.page.rows else "",
        }
        return HTMLResponse(again, headers=headers)

    async def list_more(self, request: Request) -> Response:
        """The rows after those that the page has."""
        asked, view = request.query_params, listed(request)
        async with self.screen.db.read() as session:
            agent = visitor(request).agent
            page = await lists.page(session, agent, view, after=asked.get("after"))
        values = {"page": page, "view": view, "current": asked.get("open", "")}
        return HTMLResponse(self.screen.render(request, "_rows.html", **values))

    async def news(self, request: Request, conversation_id: str) -> Response:
        """What is new in an open conversation. The composer is never part of it."""
        agent, cursor = visitor(request).agent, page_cursor(request)
        async with self.screen.db.read() as session:
            opened = await reading.open_conversation(session, agent, conversation_id)
            news = await window.news(session, opened.conversation, cursor)
            news = await with_what_is_read(request, session, conversation_id, news)
        html = await self._render_news(request, opened, news)
        if not request.query_params.get("visible") or await request.is_disconnected():
            return HTMLResponse(html)  # nobody sees it, or not any more
        # The agent reads it now; that it was read is noted when it is on its way.
        read = BackgroundTask(self.screen.mark_read, agent, conversation_id, news.last)
        return HTMLResponse(html, background=read)

    async def _render_news(self, request: Request, opened: OpenConversation, news: Window) -> str:
        asked = request.query_params
        values = {
            "opened": opened,
            "conversation": opened.conversation,
            "window": news,
            "page_epoch": number(asked.get("page_epoch")),
            "view": await asked_view(request, opened),
        }
        parts = {
            part: self.screen.render(request, f"_{part}.html", **values)
            for part in ("head", "card", "held")
        }
        digests = {part: render.digest(html) for part, html in parts.items()}
        changed = {
            part: html
            for part, html in parts.items()
            if digests[part] != asked.get(f"{part}_digest")
        }
        return self.screen.render(request, "_news.html", changed=changed, digests=digests, **values)

    async def turn(self, request: Request, conversation_id: str, seq: int) -> Response:
        """What the bot made of one message, on demand."""
        async with self.screen.db.read() as session:
            agent = visitor(request).agent
            if await queries.find_conversation(session, agent, conversation_id) is None:
                raise NotFound
            turn = await queries.turn_about(session, conversation_id, seq)
        if turn is None:
            raise NotFound
        return HTMLResponse(self.screen.render(request, "_turn.html", turn=turn))

    async def live(self, request: Request) -> Response:
        """The stream of hints."""
        stream = self.streams.stream(visitor(request).agent.id, str(request.state.token))
        # A proxy that buffers would hold the hints back.
        return StreamingResponse(
            stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )
