"""A file on its way in: the request's body is the file, its headers say whose it is."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from bot.channel import Attachment, FileLimits, FirstlineError, RateLimit, Upload, supported
from connectors.web.channel import CHANNEL, WebChannel
from connectors.web.parse import MAX_ID, BadFrame, BadToken, RateLimited

MOST_NAME = 20_000  # of a header; the desk keeps the end of it
CORS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}

log = structlog.get_logger()


def upload_router(channel: WebChannel, *, limit: RateLimit) -> APIRouter:
    """`POST /widget/files`."""
    router = APIRouter()

    @router.options("/widget/files")
    async def preflight() -> Response:
        return Response(
            status_code=204,
            headers={
                **CORS,
                "Access-Control-Allow-Methods": "POST",
                "Access-Control-Allow-Headers": "authorization, content-type, x-file, x-name",
                "Access-Control-Max-Age": "86400",
            },
        )

    @router.post("/widget/files")
    async def receive(request: Request) -> Response:
        language = supported(request.query_params.get("language"))
        body = request.stream()
        try:
            upload = await _checked(request, channel, limit)
            kept = await channel.desk.receive_file(upload, body)
        except FirstlineError as fault:
            # A browser that still sends hears no answer.
            await _drain(body, channel.desk.file_limits)
            return JSONResponse(_refusal(fault, language), fault.status, headers=CORS)
        except ClientDisconnect:
            log.info("widget.upload_cancelled")
            return Response(status_code=400)
        return JSONResponse(described(kept), 201, headers=CORS)

    return router


# `Any`: a JSON body.
def described(kept: Attachment) -> dict[str, Any]:
    """The answer. No address yet: there is one once a message carries the file."""
    return {"id": kept.id, "name": kept.name, "type": kept.type, "size": kept.size}


async def _checked(request: Request, channel: WebChannel, limit: RateLimit) -> Upload:
    desk = request.query_params.get("desk", "")
    channel.check(desk, request.headers)
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    visitor = channel.tokens.read(token)
    if visitor is None:
        raise BadToken
    key = request.headers.get("x-file", "")
    if not 0 < len(key) <= MAX_ID:
        raise BadFrame(detail=f"“x-file” must have 1 to {MAX_ID} characters")
    if wait := await limit.take(visitor):
        raise RateLimited(retry_after=round(wait, 2))
    name = unquote(request.headers.get("x-name", "")[-MOST_NAME:], errors="replace")
    return Upload(CHANNEL, f"{visitor}:{desk}", key, name)


async def _drain(body: AsyncIterator[bytes], limits: FileLimits | None) -> None:
    left = 4 * (limits.bytes if limits else 0)
    try:
        async for piece in body:
            left -= len(piece)
            if left < 0:
                return
    except (ClientDisconnect, RuntimeError):  # gone, or read to its end already
        return


def _refusal(fault: FirstlineError, language: str) -> dict[str, Any]:
    return {
        "error": {
            "code": fault.code,
            "message": fault.message(language),
            "retry_after": fault.values.get("retry_after"),
        }
    }
