"""What an agent attaches to a reply: uploaded at once by `frontend/inbox/files.js`."""

from dataclasses import asdict, dataclass
from urllib.parse import unquote
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from bot.attachments.service import AGENTS_FILES, Attachments
from bot.channel import Upload
from bot.conversations.errors import NotFound
from bot.db import Database
from bot.errors import FirstlineError
from bot.inbox import queries
from bot.inbox.guard import language_of, visitor

MAX_KEY = 64


@dataclass(frozen=True)
class Uploads:
    """The handler of one file."""

    db: Database
    attachments: Attachments

    def add_to(self, router: APIRouter) -> None:
        """Adds the route."""
        router.post("/conversations/{conversation_id}/files")(self.receive)

    async def receive(self, request: Request, conversation_id: str) -> Response:
        """The request's body is the file. The script shows what the answer says."""
        agent = visitor(request).agent
        upload = Upload(
            AGENTS_FILES,
            agent.id,
            request.headers.get("x-file", "")[:MAX_KEY] or str(uuid4()),
            unquote(request.headers.get("x-name", ""), errors="replace"),
        )
        try:
            async with self.db.read() as session:
                if await queries.find_conversation(session, agent, conversation_id) is None:
                    raise NotFound
            kept = await self.attachments.receive(upload, request.stream())
        except FirstlineError as fault:
            return JSONResponse({"message": fault.message(language_of(request))}, fault.status)
        except ClientDisconnect:
            return Response(status_code=400)
        return JSONResponse(asdict(kept), 201)


async def chosen_files(request: Request) -> tuple[str, ...]:
    """The ids of the files that a reply carries."""
    form = await request.form()
    return tuple(one for one in form.getlist("attachment") if isinstance(one, str))
