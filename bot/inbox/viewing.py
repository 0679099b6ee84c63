"""Who else looks at an open conversation."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from bot.conversations.errors import NotFound
from bot.inbox import queries
from bot.inbox.guard import form_fields, visitor
from bot.inbox.screen import Screen
from bot.writing.viewers import Viewers, others


@dataclass(frozen=True)
class Viewing:
    """Handlers of the hints between agents."""

    screen: Screen
    viewers: Viewers

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        router.post("/conversations/{conversation_id}/here")(self.here)
        router.get("/conversations/{conversation_id}/viewers")(self.show)

    async def here(self, request: Request, conversation_id: str) -> Response:
        """The page is on the screen; `writes`: and somebody types in it; `gone`: no more."""
        fields, agent = await form_fields(request), visitor(request).agent
        if fields.get("gone"):
            await self.viewers.left(agent, conversation_id)
        else:
            await self.viewers.here(agent, conversation_id, types=bool(fields.get("writes")))
        return Response(status_code=204)

    async def show(self, request: Request, conversation_id: str) -> Response:
        """The line above the composer."""
        agent = visitor(request).agent
        async with self.screen.db.read() as session:
            if await queries.find_conversation(session, agent, conversation_id) is None:
                raise NotFound
            here = await others(session, agent, conversation_id)
        return HTMLResponse(self.screen.render(request, "_viewers.html", onlookers=here))
