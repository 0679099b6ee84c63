"""A copy of the conversation: to keep now, or by e-mail. The token comes in the body: no address
holds it, and no form of another site can send it."""

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from bot.channel import FirstlineError, TranscriptWish, supported
from connectors.web.channel import CHANNEL, WebChannel
from connectors.web.frames import external_id
from connectors.web.parse import MAX_CONTEXT, MAX_ID, BadFrame, BadToken, RateLimited

PATH = "/widget/transcript"
# The widget lives on other people's sites; the token is no cookie.
HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "content-type",
    "Access-Control-Max-Age": "86400",
}


class TranscriptRequest(BaseModel):
    """What the widget asks. With `to`, it goes there by e-mail, once for each `id`."""

    token: str = Field(max_length=MAX_CONTEXT)
    desk: str = Field(min_length=1, max_length=MAX_ID)
    conversation: str = Field(min_length=1, max_length=MAX_ID)
    language: str = Field(default="en", max_length=20)
    zone: str | None = Field(default=None, max_length=MAX_ID)
    to: str | None = Field(default=None, max_length=MAX_CONTEXT)
    id: str | None = Field(default=None, min_length=1, max_length=MAX_ID)


def transcript_router(channel: WebChannel) -> APIRouter:
    """The one route, and its preflight."""
    router, transcripts = APIRouter(), channel.transcripts

    @router.post(PATH)
    async def transcript(wish: TranscriptRequest, request: Request) -> JSONResponse:
        try:
            channel.check(wish.desk, request.headers)
            return JSONResponse(await _answer(wish), headers=HEADERS)
        except FirstlineError as fault:
            words = {"code": fault.code, "message": fault.message(supported(wish.language))}
            return JSONResponse({"error": words}, fault.status, headers=HEADERS)

    @router.options(PATH)
    async def preflight() -> Response:
        return Response(status_code=204, headers=PREFLIGHT)

    # `Any`: a JSON body.
    async def _answer(wish: TranscriptRequest) -> dict[str, Any]:
        visitor = channel.tokens.read(wish.token)
        if visitor is None:
            raise BadToken
        wait = await channel.limit.take(visitor)
        if wait:
            raise RateLimited(retry_after=round(wait, 2))
        thread = f"{visitor}:{wish.desk}"
        wanted = TranscriptWish(wish.conversation, wish.language, wish.zone)
        if wish.to is None:
            file = await transcripts.download(CHANNEL, thread, wanted)
            # As JSON: nothing that a customer wrote is ever a page of the desk's own address.
            return {"name": file.name, "html": file.html}
        if wish.id is None or not re.fullmatch(r"[\w.-]+", wish.id):
            raise BadFrame(detail="“id” must name the wish")
        key = external_id(visitor, wish.id)
        await transcripts.mail(CHANNEL, thread, wanted, to=wish.to, key=key)
        return {"mailed": True}

    return router
