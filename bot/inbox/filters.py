"""The page on which agents write filters, try them and keep them."""

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from bot.accounts.permissions import Permission, may
from bot.errors import FirstlineError
from bot.filters.building import built
from bot.filters.errors import FilterNameMissing, UnreadableFilter
from bot.filters.fields import FIELDS
from bot.filters.grammar import parse
from bot.filters.models import SavedFilter
from bot.filters.queries import filter_for
from bot.filters.service import drop_filter, keep_filter
from bot.inbox.guard import doer_of, form_fields, visitor
from bot.inbox.screen import Screen, listed
from bot.inbox.views import FILTER, WHERE

# What the form that puts a filter together offers; the rest is quicker to write.
OFFERED = ("status", "desk", "language", "agent", "priority", "waiting", "created", "text")
MOST_DIGITS = 18


@dataclass(frozen=True)
class Filters:
    """Its handlers."""

    screen: Screen

    def add_to(self, read: APIRouter, work: APIRouter) -> None:
        """Adds the routes."""
        read.get("/filters")(self.page)
        read.get("/filters/try")(self.attempt)
        work.post("/filters")(self.keep)
        work.post("/filters/drop")(self.drop)

    async def page(self, request: Request) -> Response:
        """The filter that the list shows, or a new one; `build` writes it from the other form."""
        asked, view = request.query_params, listed(request)
        kept = await self._kept(request, view)
        expression = view.removeprefix(WHERE) if view.startswith(WHERE) else ""
        if kept is not None:
            expression = kept.expression
        if asked.get("build"):
            expression = built(asked, joined_by=asked.get("joined", ""))
        return await self._show(request, expression, kept, problem=_problem(expression))

    async def attempt(self, request: Request) -> Response:
        """Shows what the filter finds, or on the page what is wrong with it."""
        expression = " ".join((request.query_params.get("expression") or "").split())
        try:
            parse(expression)
        except UnreadableFilter as problem:
            return await self._show(request, expression, None, problem=problem, status=422)
        return RedirectResponse(f"/inbox?view={quote(WHERE + expression)}", 303)

    async def keep(self, request: Request) -> Response:
        """Keeps it; what is wrong is told beside what was written."""
        fields, agent = await form_fields(request), visitor(request).agent
        expression, name = fields.get("expression", ""), fields.get("name", "")
        kept = await self._kept(request, f"{FILTER}{fields.get('id', '')}")
        own = kept if kept is not None and kept.agent_id == agent.id else None
        try:
            number = await keep_filter(
                self.screen.db,
                agent,
                doer_of(request),
                name=name,
                expression=expression,
                desk=fields.get("desk") or None,
                filter_id=own.id if own else None,
            )
        except (UnreadableFilter, FilterNameMissing) as problem:
            return await self._show(
                request, expression, own, name=name, problem=problem, status=problem.status
            )
        return RedirectResponse(f"/inbox?view={FILTER}{number}", 303)

    async def drop(self, request: Request) -> Response:
        """Forgets it."""
        number = (await form_fields(request)).get("id", "")
        if number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS:
            await drop_filter(self.screen.db, visitor(request).agent, doer_of(request), int(number))
        return RedirectResponse("/inbox", 303)

    async def _kept(self, request: Request, view: str) -> SavedFilter | None:
        number = view.removeprefix(FILTER)
        if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
            return None
        async with self.screen.db.read() as session:
            return await filter_for(session, visitor(request).agent, int(number))

    async def _show(
        self,
        request: Request,
        expression: str,
        kept: SavedFilter | None,
        *,
        problem: FirstlineError | None,
        name: str | None = None,
        status: int = 200,
    ) -> Response:
        return await self.screen.show_panel(
            request,
            "_filters.html",
            status=status,
            expression=expression,
            kept=kept,
            filter_name=name if name is not None else kept.name if kept else "",
            problem=problem,
            fields=FIELDS.values(),
            offered=[FIELDS[name] for name in OFFERED],
            may_share=may(visitor(request).agent, Permission.KEEP_SHARED),
        )


def _problem(expression: str) -> UnreadableFilter | None:
    """What is wrong with a filter that was written before."""
    try:
        if expression:
            parse(expression)
    except UnreadableFilter as problem:
        return problem
    return None
