"""The bar's forms and buttons: an act on all selected conversations, and its undo."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from bot.accounts.models import Agent
from bot.accounts.presence import Presence
from bot.accounts.standing import State
from bot.handling.bulk import Act, Pick, on_each
from bot.inbox.bulk.acts import UNDOES, BulkActs, NoSuchAct
from bot.inbox.bulk.report import report_of
from bot.inbox.guard import form_fields, language_of, visitor
from bot.inbox.handling.forms import REFRESH, chosen
from bot.inbox.queries import rows_of
from bot.inbox.screen import Screen, number
from bot.priority import Priority
from bot.records import repository

PANELS = ("hand_over", "labels", "priority", "snooze", "block")


@dataclass(frozen=True)
class BulkPanels:
    """Handlers that only show a form."""

    screen: Screen
    presence: Presence

    def add_to(self, router: APIRouter) -> None:
        """Adds the route."""
        router.get("/bulk/panel/{panel}")(self.panel)

    async def panel(self, request: Request, panel: str) -> Response:
        """What the act needs to know; raises NoSuchAct."""
        if panel not in PANELS:
            raise NoSuchAct
        agent = visitor(request).agent
        values: dict[str, object] = {}
        if panel == "hand_over":
            values = {"people": await self._colleagues(agent), "desks": self.screen.desks.all()}
        elif panel == "labels":
            async with self.screen.db.read() as session:
                values = {"labels": await repository.labels_of_desks(session, agent.desks)}
        elif panel == "priority":
            values = {"words": [one.word for one in reversed(Priority)]}
        html = self.screen.render(request, "bulk/panel.html", panel=panel, **values)
        return HTMLResponse(html)

    async def _colleagues(self, agent: Agent) -> list[tuple[Agent, bool]]:
        """Who works at a desk of the agent's, themselves too; who is online first."""
        async with self.screen.db.read() as session:
            found = {
                one.id: one
                for desk in agent.desks
                for one in await repository.colleagues(session, desk)
            }
        online = {one.id for one in await self.presence.here() if one.presence == State.ONLINE}
        people = [(one, one.id in online) for one in found.values()]
        return sorted(people, key=lambda one: (not one[1], one[0].name))


@dataclass(frozen=True)
class BulkRoutes:
    """Handlers of what changes many conversations, each in a transaction of its own."""

    screen: Screen
    acts: BulkActs

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        router.post("/bulk/{act}")(self.act)
        router.post("/bulk/{act}/undo")(self.undo)

    async def act(self, request: Request, act: str) -> Response:
        """Does it to each; tells of how many, and which not and why."""
        return await self._do(request, act, self.acts.act(act, await form_fields(request)))

    async def undo(self, request: Request, act: str) -> Response:
        """Takes the act back where it was done."""
        return await self._do(request, act, self.acts.undo(act), is_undo=True)

    async def _do(
        self, request: Request, name: str, act: Act, *, is_undo: bool = False
    ) -> Response:
        agent = visitor(request).agent
        outcomes = await on_each(agent, picks_in(await chosen(request, "pick")), act)
        async with self.screen.db.read() as session:
            ids = [one.pick.id for one in outcomes]
            there = {row.id: row for row in await rows_of(session, agent, ids, shows_unread=False)}
        html = self.screen.render(
            request,
            "bulk/report.html",
            report=report_of(agent, outcomes, there, language=language_of(request)),
            act=name,
            is_undo=is_undo,
            may_undo=name in UNDOES and not is_undo,
        )
        return HTMLResponse(html, headers=REFRESH)


def picks_in(values: Sequence[str]) -> list[Pick]:
    """Each word is «id:seen» or «id:seen:was»; a field holds one or many. «seen» is the epoch, and
    behind a dot the customer's last message (`Report.seen`)."""
    picks = []
    for word in " ".join(values).split():
        id_, _, rest = word.partition(":")
        seen, _, was = rest.partition(":")
        epoch, _, seq = seen.partition(".")
        picks.append(Pick(id_, number(epoch), was, read_seq=number(seq) if seq else None))
    return picks
