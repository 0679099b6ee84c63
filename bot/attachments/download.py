"""The address of a file: whoever knows it may fetch it, and no page can make it run."""

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from bot.attachments.service import ADDRESS, Attachments, Served

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Even if a browser showed it: no script, no form, no frame, an origin of its own.
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    # The widget shows pictures on other people's sites.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "private, max-age=86400, immutable",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


def download_router(attachments: Attachments) -> APIRouter:
    """`GET /files/<secret>`."""
    router = APIRouter(include_in_schema=False)

    @router.get(f"{ADDRESS}{{secret}}")
    async def download(secret: str) -> Response:
        file = await attachments.open(secret)
        return StreamingResponse(
            file.pieces,
            media_type=file.media_type,
            headers={
                **HEADERS,
                "Content-Length": str(file.size),
                "Content-Disposition": _disposition(file),
            },
        )

    return router


def _disposition(file: Served) -> str:
    """Only pictures that can hold no script may be shown; everything else is saved."""
    how = "inline" if file.is_shown else "attachment"
    plain = "".join(letter if " " <= letter < "\x7f" else "_" for letter in file.name)
    plain = plain.replace('"', "_").replace("\\", "_")
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
