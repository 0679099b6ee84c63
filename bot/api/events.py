"""The feed: everything that happens, in order, for who would rather ask than be called."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from bot.api.guard import Guard, check_kinds
from bot.api.schemas import EventList, EventOut
from bot.api_tokens.scopes import Scope
from bot.api_tokens.service import Program
from bot.db import Database
from bot.feed import repository
from bot.feed.kinds import KINDS, UNNAMED
from bot.webhooks.payload import entry_as_json
from bot.webhooks.service import NoSuchKind


def event_routes(db: Database, *, guard: Guard) -> APIRouter:
    """/events."""
    router = APIRouter(tags=["events"])
    Reader = Annotated[Program, Depends(guard.needs(Scope.READ_EVENTS))]

    @router.get("/events")
    async def list_events(
        program: Reader,
        after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
        kind: Annotated[list[str] | None, Query(max_length=50)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> EventList:
        """What happened behind `after`. Kept for 30 days, and only while a token or webhook
        listens: the first entries come seconds after the first token was made."""
        for name in kind or ():
            if name not in KINDS:
                raise NoSuchKind(kind=name[:60], known=", ".join(KINDS))
        check_kinds(program, kind)
        kinds = kind or UNNAMED
        async with db.read() as session:
            rows = await repository.after(
                session, after, limit=limit, desks=program.agent.desks, kinds=kinds
            )
        return EventList(
            events=[EventOut.model_validate(entry_as_json(row)) for row in rows],
            last=rows[-1].id if rows else after,
        )

    return router
