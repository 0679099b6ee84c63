"""What agents look like, for the widget: served as pictures and nothing else."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from fastapi.responses import Response

from connectors.web.frames import PICTURES

MAX_ID = 40
# It is shown on other people's sites, and is nothing but a picture. A removed one is gone in a day.
HEADERS = {
    "Cache-Control": "public, max-age=86400, immutable",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


def picture_router(read: Callable[[str], Awaitable[tuple[str, bytes] | None]]) -> APIRouter:
    """`read`: media type and content of the picture with this id."""
    router = APIRouter()

    @router.get(f"{PICTURES}/{{picture_id}}")
    async def agent_picture(picture_id: str) -> Response:
        found = await read(picture_id) if len(picture_id) <= MAX_ID else None
        if found is None:
            return Response(status_code=404)
        media_type, content = found
        return Response(content, media_type=media_type, headers=HEADERS)

    return router
