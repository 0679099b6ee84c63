"""The form before the chat: `POST /widget/form`, by whoever the token names."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from bot.channel import FilledForm, FirstlineError, supported
from connectors.web.channel import CHANNEL, WebChannel
from connectors.web.parse import BadToken, RateLimited

ANY_SITE = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
LONGEST_ANSWER = 1000  # of a request; what the desk keeps is shorter, and it says so


class FormRequest(BaseModel):
    """What the customer filled in."""

    desk: str = Field(min_length=1, max_length=64)
    token: str = Field(min_length=1, max_length=500)
    language: str = Field(default="en", max_length=20)
    answers: dict[str, str] = Field(default_factory=dict, max_length=50)
    consent: bool = False


def form_router(channel: WebChannel) -> APIRouter:
    """Where the form goes."""
    router = APIRouter()

    @router.post("/widget/form")
    async def take(filled: FormRequest, request: Request) -> JSONResponse:
        try:
            channel.check(filled.desk, request.headers)
            await _take(channel, filled)
        except FirstlineError as fault:
            error = {
                "code": fault.code,
                "message": fault.message(filled.language),
                "fields": fault.values.get("fields"),
            }
            return JSONResponse({"error": error}, fault.status, headers=ANY_SITE)
        return JSONResponse({"form": "done"}, headers=ANY_SITE)

    @router.options("/widget/form")
    async def preflight() -> Response:
        allowed = {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "content-type",
            "Access-Control-Max-Age": "86400",
        }
        return Response(status_code=204, headers=ANY_SITE | allowed)

    return router


async def _take(channel: WebChannel, filled: FormRequest) -> None:
    visitor = channel.tokens.read(filled.token)
    if visitor is None:
        raise BadToken
    wait = await channel.limit.take(visitor)
    if wait:
        raise RateLimited(retry_after=round(wait, 2))
    form = FilledForm(
        customer=visitor,
        thread=f"{visitor}:{filled.desk}",
        language=supported(filled.language),
        answers={key: value[:LONGEST_ANSWER] for key, value in filled.answers.items()},
        consent=filled.consent,
    )
    await channel.form.take(CHANNEL, filled.desk, form)
