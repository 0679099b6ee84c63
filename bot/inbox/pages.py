"""The inbox's pages, the fragments that keep them current, and the live stream."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from bot.conversations.errors import NotFound
from bot.inbox import lists, queries, reading, render
from bot.inbox.guard import visitor
from bot.inbox.live import LiveStreams
from bot.inbox.reading import Entries, OpenConversation
from bot.inbox.screen import Screen, asked_view, listed

NOTHING_NEW = 204
MAX_DIGITS = 9


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
        rows = number(asked.get("rows")) if asked.get("rows") else lists.ROWS
        shown = min(max(rows, lists.ROWS), lists.MOST_ROWS)
        async with self.screen.db.read() as session:
            listing = await lists.listing(session, visitor(request).agent, view, rows=shown)
        values = {"listing": listing, "view": view, "current": asked.get("open", "")}
        template = "_list.html" if rows else "_list_numbers.html"
        html = self.screen.render(request, template, **values)
        alarm = self.screen.render(request, "_engine_alarm.html")
        digest = render.digest(html + alarm)
        if digest == asked.get("list_digest"):
            return Response(status_code=NOTHING_NEW)
        again = self.screen.render(
            request, "_list_again.html", listing=listing, html=html, alarm=alarm, digest=digest
        )
        return HTMLResponse(again, headers={} if rows else {"HX-Reswap": "none"})

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
        asked, agent = request.query_params, visitor(request).agent
        seq, notes = number(asked.get("after")), number(asked.get("notes"))
        async with self.screen.db.read() as session:
            opened = await reading.open_conversation(session, agent, conversation_id)
            entries = await reading.entries_after(session, conversation_id, seq=seq, notes=notes)
        if asked.get("visible"):
            await self.screen.mark_read(agent, conversation_id, entries.last_seq)
        return HTMLResponse(await self._render_news(request, opened, entries))

    async def _render_news(
        self, request: Request, opened: OpenConversation, entries: Entries
    ) -> str:
        asked = request.query_params
        values = {
            "opened": opened,
            "conversation": opened.conversation,
            "entries": entries,
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


def number(value: str | None) -> int:
    """A number from an address or a form; anything else is 0, which no epoch or message has."""
    words = value or ""
    return int(words) if words.isascii() and words.isdigit() and len(words) <= MAX_DIGITS else 0
