"""Where Telegram brings updates itself, when the desk has a public address."""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

PATH = "/telegram/webhook"
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
MOST_BYTES = 1 << 20

log = structlog.get_logger()


def webhook_router(take: Callable[[Any], Awaitable[None]], *, secret: str) -> APIRouter:
    """`POST /telegram/webhook`: answered when the update is dealt with, and not before.

    Telegram brings it again after anything but 2xx, or when it has waited for a minute.
    """
    router = APIRouter(include_in_schema=False)

    @router.post(PATH)
    async def receive(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            log.warning("telegram.webhook_refused")
            return _refusal(403, "wrong_secret", "This is not Telegram, or its secret is old.")
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BYTES:
                return _refusal(413, "too_long", "No update is as long as this.")
        try:
            raw = json.loads(bytes(body))
        except (ValueError, RecursionError):
            return _refusal(400, "bad_json", "An update is a JSON object.")
        await take(raw)
        return Response(status_code=200)

    return router


def _refusal(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status)
