"""`/widget/preview`: the owner of a site chooses how the chat looks, and copies a line."""

import re
from html import escape
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from bot.texts import supported, text

PLACE = re.compile(r"\{\{(\w+)\}\}")
# What a page of this folder may load: nothing but itself, and pictures.
POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self' ws: wss:; img-src * data:; frame-src 'self'; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'"
}
FILES = ("preview.js", "preview.css", "page.js", "page.css")


def preview_router(folder: Path) -> APIRouter:
    """The page, the page in it, and their files in `folder`."""
    router = APIRouter()

    @router.get("/widget/preview", include_in_schema=False)
    async def preview(request: Request, lang: str | None = None) -> HTMLResponse:
        language = supported(lang or request.headers.get("accept-language"))

        def fill(found: re.Match[str]) -> str:
            key = found.group(1)
            return escape(language if key == "language" else text(f"preview.{key}", language))

        page = (folder / "preview.html").read_text("utf-8")
        return HTMLResponse(PLACE.sub(fill, page), headers=POLICY)

    @router.get("/widget/preview/page", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(folder / "page.html", headers=POLICY)

    @router.get("/widget/preview/{name}", include_in_schema=False)
    async def file(name: str) -> Response:
        if name not in FILES:
            return Response(status_code=404)
        return FileResponse(folder / name, headers={"Cache-Control": "no-cache"})

    return router
