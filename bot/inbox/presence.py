"""What the agent is to colleagues and to the desk's rule: online, away, on a break, offline."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.accounts.presence import Presence
from bot.accounts.repository import get_agent
from bot.accounts.standing import State
from bot.errors import FirstlineError
from bot.inbox.guard import form_fields, inner_page, is_htmx, visitor
from bot.inbox.screen import Screen


class NoSuchPresence(FirstlineError):
    """Not one of the choices."""

    code = "no_such_presence"
    status = 422


@dataclass(frozen=True)
class PresencePages:
    """The choice in the head of the page, and the answer to “are you there?”."""

    screen: Screen
    presence: Presence

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        router.get("/presence")(self.show)
        router.post("/presence")(self.choose)
        router.post("/presence/here")(self.here)

    async def show(self, request: Request) -> Response:
        """The choice as it is now."""
        return await self._again(request)

    async def choose(self, request: Request) -> Response:
        """The agent says what they are; what an offline agent has goes back to the queue."""
        chosen = (await form_fields(request)).get("state")
        if chosen not in list(State):
            raise NoSuchPresence
        await self.presence.choose(visitor(request).agent.id, State(chosen))
        return await self._again(request)

    async def here(self, request: Request) -> Response:
        """A sign of life. Ends being away, if that came from idleness alone."""
        await self.presence.active(visitor(request).agent)
        return await self._again(request)

    async def _again(self, request: Request) -> Response:
        if request.method == "POST" and not is_htmx(request):
            return RedirectResponse(inner_page((await form_fields(request)).get("back")), 303)
        async with self.screen.db.read() as session:
            agent = await get_agent(session, visitor(request).agent.id)
        standing = self.presence.standing(agent or visitor(request).agent)
        html = self.screen.render(request, "_presence.html", standing=standing)
        return HTMLResponse(html)
