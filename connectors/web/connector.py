"""The website widget's routes: the script, the visitor's session, the socket."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, WebSocket
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, Field

from bot.channel import FirstlineError
from connectors.web import frames
from connectors.web.line import SocketLine
from connectors.web.socket import WidgetSocket
from connectors.web.stream import Streams
from connectors.web.stream_routes import MAX_POST_BYTES, stream_router

SCRIPT_CACHE = "public, max-age=300"


class SessionRequest(BaseModel):
    """What the script asks before it opens its socket."""

    desk: str = Field(min_length=1, max_length=64)
    token: str | None = Field(default=None, max_length=500)


def web_router(
    streams: Streams, *, desk_names: dict[str, dict[str, str]], script: Path
) -> APIRouter:
    """Everything that the widget needs from the server. `desk_names`: desk → language → name."""
    router, channel = APIRouter(), streams.channel
    router.include_router(stream_router(streams), max_body_size=MAX_POST_BYTES)

    @router.get("/widget.js")
    async def widget_script() -> Response:
        return FileResponse(
            script, media_type="text/javascript", headers={"Cache-Control": SCRIPT_CACHE}
        )

    @router.post("/widget/session")
    async def widget_session(wish: SessionRequest) -> JSONResponse:
        try:
            channel.desk.check_desk(wish.desk)
        except FirstlineError as fault:
            return JSONResponse(_error(fault), fault.status)
        known = channel.tokens.read(wish.token) if wish.token else None
        token, expires_at = channel.tokens.issue(known)
        return JSONResponse(
            {
                "token": token,
                "expires_at": expires_at.isoformat(),
                "desk": {"id": wish.desk, "name": desk_names[wish.desk]},
                "availability": frames.availability_of(await channel.desk.notice(wish.desk)),
                "limits": frames.limits(channel.text_limit, channel.desk.file_limits),
            },
            # The widget lives on other people's sites; the token is no cookie.
            headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"},
        )

    @router.options("/widget/session")
    async def widget_session_preflight() -> Response:
        return Response(
            status_code=204,
            headers={
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Allow-Methods": "POST",
                "Access-Control-Allow-Headers": "content-type",
                "Access-Control-Max-Age": "86400",
            },
        )

    @router.websocket("/widget/socket")
    async def widget_socket(socket: WebSocket) -> None:
        await socket.accept()
        await WidgetSocket(channel, SocketLine(socket)).serve()

    return router


# `Any`: a JSON body.
def _error(fault: FirstlineError) -> dict[str, Any]:
    return {"error": {"code": fault.code, "message": fault.message("en")}}
