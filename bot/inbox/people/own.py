"""An agent's own account: who they are here, and where they are signed in."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from bot.accounts.people import People
from bot.accounts.sessions import Sessions
from bot.desks import Desks
from bot.handoff.origin import browser_in_words
from bot.inbox.guard import doer_of, language_of, visitor
from bot.inbox.people.desk_page import desk_page

ACCOUNT = "/inbox/account"


@dataclass(frozen=True)
class OwnAccount:
    """Shows it, and ends sessions."""

    sessions: Sessions
    people: People
    desks: Desks

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        router.get("/account")(self.show)
        router.post("/sessions/end-others")(self.end_others)
        router.post("/sessions/{session_id}/end")(self.end)

    async def show(self, request: Request) -> Response:
        """The page."""
        sessions = await self.sessions.of(visitor(request))
        language = language_of(request)
        return desk_page(
            request,
            "account",
            has_factor=await self.people.has_factor(visitor(request).agent.id),
            sessions=[(one, browser_in_words(one.browser)) for one in sessions],
            desk_names={desk.id: desk.name[language] for desk in self.desks.all()},
        )

    async def end(self, request: Request, session_id: str) -> Response:
        """Signs another browser out, or this one."""
        await self.sessions.end(doer_of(request), visitor(request), session_id)
        return RedirectResponse(ACCOUNT, 303)

    async def end_others(self, request: Request) -> Response:
        """Signs out everywhere else."""
        await self.sessions.end_others(doer_of(request), visitor(request))
        return RedirectResponse(ACCOUNT, 303)
