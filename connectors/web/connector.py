"""The website widget's routes: the script, the desk's settings, the session, the socket."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, WebSocket
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from bot.channel import FirstlineError, Proof, Recognised
from connectors.web import frames
from connectors.web.channel import CHANNEL, WebChannel
from connectors.web.form import form_router
from connectors.web.line import SocketLine
from connectors.web.preview import preview_router
from connectors.web.script import DIGEST_CACHE, SCRIPT_CACHE, script_in
from connectors.web.socket import WidgetSocket
from connectors.web.stream import Streams
from connectors.web.stream_routes import MAX_POST_BYTES, stream_router
from connectors.web.transcript import transcript_router

# The widget lives on other people's sites; the token is no cookie.
ANY_SITE = {"Access-Control-Allow-Origin": "*"}
NOT_KEPT = ANY_SITE | {"Cache-Control": "no-store"}
# Who may see them depends on the site that asks.
SETTINGS_CACHE = ANY_SITE | {"Cache-Control": SCRIPT_CACHE, "Vary": "Origin"}


class IdentityProof(BaseModel):
    """What the host site signed about its user (docs/identity.md)."""

    jwt: str | None = Field(default=None, max_length=8000)
    user_id: str | None = Field(default=None, max_length=200)
    hash: str | None = Field(default=None, max_length=200)


class SessionRequest(BaseModel):
    """What the script asks before it opens its socket."""

    desk: str = Field(min_length=1, max_length=64)
    token: str | None = Field(default=None, max_length=500)
    language: str = Field(default="en", max_length=20)
    identity: IdentityProof | None = None


# `Any`: JSON; `settings`: desk → what a browser may know of it before the chat is opened.
def web_router(
    streams: Streams, *, settings: Mapping[str, Mapping[str, Any]], script: Path
) -> APIRouter:
    """Everything that the widget needs from the server."""
    router, channel = APIRouter(), streams.channel
    router.include_router(stream_router(streams), max_body_size=MAX_POST_BYTES)
    router.include_router(form_router(channel))
    router.include_router(preview_router(script.parent / "preview"))
    router.include_router(transcript_router(channel), max_body_size=MAX_POST_BYTES)

    @router.get("/widget.js")
    async def widget_script(request: Request) -> Response:
        return script_in(script, request.headers.get("accept-encoding", ""))

    @router.get("/widget/form.js")
    @router.get("/widget/people.js")
    async def later_script(request: Request) -> Response:
        part = script.with_name(request.url.path.rpartition("/")[2])
        return script_in(part, request.headers.get("accept-encoding", ""))

    @router.get("/widget/more.js")
    async def more_script(request: Request) -> Response:
        accepted = request.headers.get("accept-encoding", "")
        return script_in(script.with_name("more.js"), accepted, cache=DIGEST_CACHE)

    @router.get("/widget/desks/{desk}")
    async def widget_desk(desk: str, request: Request) -> JSONResponse:
        try:
            channel.check(desk, request.headers)
        except FirstlineError as fault:
            return _refusal(fault, request.headers.get("accept-language"))
        return JSONResponse(settings[desk], headers=SETTINGS_CACHE)

    @router.post("/widget/session")
    async def widget_session(wish: SessionRequest, request: Request) -> JSONResponse:
        try:
            channel.check(wish.desk, request.headers)
            who = await _recognise(channel, wish)
        except FirstlineError as fault:
            return _refusal(fault, wish.language)
        token, expires_at = channel.tokens.issue(who.visitor)
        return JSONResponse(
            {
                "token": token,
                "expires_at": expires_at.isoformat(),
                "person": {"id": who.person, "name": who.name} if who.person else None,
                "form": await _form(channel, who.visitor, wish.desk),
                "desk": {"id": wish.desk, "name": settings[wish.desk]["name"]},
                "transcript": {"mail": channel.transcripts.by_mail},
                "availability": frames.availability_of(await channel.desk.notice(wish.desk)),
                "limits": frames.limits(channel.text_limit, channel.desk.file_limits),
            },
            headers=NOT_KEPT,
        )

    @router.options("/widget/session")
    async def widget_session_preflight() -> Response:
        return Response(
            status_code=204,
            headers=ANY_SITE
            | {
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


async def _form(channel: WebChannel, visitor: str | None, desk: str) -> str:
    """Whether the form before the chat is `needed` or `done`; so is one that does not exist."""
    missing = await channel.form.is_missing(CHANNEL, f"{visitor}:{desk}", desk)
    return "needed" if missing else "done"


async def _recognise(channel: WebChannel, wish: SessionRequest) -> Recognised:
    known = channel.tokens.read(wish.token) if wish.token else None
    given = wish.identity
    proof = Proof(given.jwt, given.user_id, given.hash) if given else None
    return await channel.identity.recognise(CHANNEL, wish.desk, known, proof)


def _refusal(fault: FirstlineError, language: str | None) -> JSONResponse:
    """A refusal that the widget can read on whatever site it is."""
    error = {"code": fault.code, "message": fault.message(language or "en")}
    if "detail" in fault.values:  # for the console: whoever builds the site looks there
        error["detail"] = str(fault.values["detail"])
    body = {"error": error}
    return JSONResponse(body, fault.status, headers=NOT_KEPT)
