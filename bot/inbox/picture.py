"""An agent's own picture, as customers see it."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import UploadFile

from bot.accounts.pictures import MAX_BYTES, BadPicture, Pictures
from bot.errors import FirstlineError
from bot.inbox import render
from bot.inbox.guard import language_of, visitor

PICTURE = "/inbox/picture"
# A photo from a phone gets here where the page's script could not make it small, and is told so.
MAX_UPLOAD_BYTES = 20_000_000


@dataclass(frozen=True)
class PicturePage:
    """Shows, replaces and removes it."""

    pictures: Pictures

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        router.get("/picture")(self.show)
        router.post("/picture")(self.change)
        router.get("/picture/now")(self.now)

    async def show(self, request: Request) -> Response:
        """The page."""
        return _page(request)

    async def now(self, request: Request) -> Response:
        """The picture itself, on the inbox's own origin and session."""
        picture_id = visitor(request).agent.picture
        found = await self.pictures.content(picture_id) if picture_id else None
        if found is None:
            return Response(status_code=404)
        media_type, content = found
        return Response(content, media_type=media_type)

    async def change(self, request: Request) -> Response:
        """Takes a new one, or removes it."""
        form, agent = await request.form(), visitor(request).agent
        if "remove" in form:
            await self.pictures.remove(agent.id)
            return RedirectResponse(PICTURE, 303)
        sent = form.get("picture")
        content = await sent.read(MAX_BYTES + 1) if isinstance(sent, UploadFile) else b""
        try:
            await self.pictures.set(agent.id, content)
        except BadPicture as fault:
            return _page(request, fault)
        return RedirectResponse(PICTURE, 303)


def _page(request: Request, fault: FirstlineError | None = None) -> HTMLResponse:
    language, who = language_of(request), visitor(request)
    return render.page(
        "picture.html",
        language=language,
        status=fault.status if fault else 200,
        problem=fault.message(language) if fault else None,
        agent=who.agent,
        csrf=who.csrf,
    )
