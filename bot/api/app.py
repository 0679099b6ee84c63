"""The API as an application of its own, mounted under /api/v1."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from bot.accounts.presence import Presence
from bot.api.body import MAX_BODY_BYTES, DeclaredLength
from bot.api.conversations import conversation_routes
from bot.api.errors import BadRequest, TooFast, TooLongBody
from bot.api.events import event_routes
from bot.api.guard import Guard
from bot.api.people import people_routes
from bot.api.schemas import Refusal
from bot.api.webhooks import webhook_routes
from bot.api_tokens.scopes import MEANING
from bot.api_tokens.service import Tokens
from bot.channel import RateLimit
from bot.db import Database
from bot.errors import FirstlineError
from bot.handoff.service import Handoffs
from bot.webhooks.service import Webhooks

PLACE = "/api/v1"
VERSION = "1"
LANGUAGE = "accept-language"
REFUSALS: Mapping[int | str, dict[str, Any]] = {
    400: {"model": Refusal, "description": "The body is not JSON."},
    401: {"model": Refusal, "description": "No token, or none that is valid."},
    403: {"model": Refusal, "description": "The token lacks the scope."},
    404: {"model": Refusal, "description": "Nothing of yours is there."},
    409: {"model": Refusal, "description": "It has changed since you read it."},
    413: {"model": Refusal, "description": f"More than {MAX_BODY_BYTES} bytes."},
    422: {"model": Refusal, "description": "The request is not as described."},
    429: {"model": Refusal, "description": "Too fast; see Retry-After."},
}


def api_app(
    db: Database,
    *,
    tokens: Tokens,
    handoffs: Handoffs,
    presence: Presence,
    webhooks: Webhooks,
    limit: RateLimit,
) -> FastAPI:
    """Everything that programs may ask."""
    scopes = "\n".join(f"- `{scope.value}`: {words}" for scope, words in MEANING.items())
    app = FastAPI(
        title="Firstline",
        version=VERSION,
        description="The support desk for other programs (docs/api.md). A token acts as one agent "
        f"and at that agent's desks. Scopes:\n\n{scopes}",
        docs_url=None,
        redoc_url=None,
        responses=dict(REFUSALS),
        servers=[{"url": PLACE}],
        root_path_in_servers=False,
    )
    guard = Guard(tokens, limit)
    for router in (
        conversation_routes(db, guard=guard, handoffs=handoffs),
        people_routes(db, guard=guard, presence=presence),
        event_routes(db, guard=guard),
        webhook_routes(webhooks, guard=guard),
    ):
        app.include_router(router, max_body_size=MAX_BODY_BYTES)
    app.add_middleware(DeclaredLength, refuse=_of_ours)
    app.add_exception_handler(FirstlineError, _as(_of_ours))
    app.add_exception_handler(RequestValidationError, _as(_of_shape))
    app.add_exception_handler(HTTPException, _as(_of_http))
    return app


def _as(
    answer: Callable[[Request, Any], Response],
) -> Callable[[Request, Exception], Response]:
    def handler(request: Request, fault: Exception) -> Response:
        return answer(request, fault)

    return handler


def _of_ours(request: Request, fault: FirstlineError) -> Response:
    body = {"code": fault.code, "message": fault.message(request.headers.get(LANGUAGE, "en"))}
    headers = {}
    if isinstance(fault, TooFast):
        headers["Retry-After"] = str(fault.values["retry_after"])
    if fault.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"error": {**body, "where": []}}, fault.status, headers=headers)


def _of_shape(request: Request, fault: RequestValidationError) -> Response:
    where = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in fault.errors()]
    message = BadRequest(where="; ".join(where)).message(request.headers.get(LANGUAGE, "en"))
    body = {"code": BadRequest.code, "message": message, "where": where}
    not_json = any(one["type"] == "json_invalid" for one in fault.errors())
    return JSONResponse({"error": body}, 400 if not_json else BadRequest.status)


def _of_http(request: Request, fault: HTTPException) -> Response:
    if fault.status_code == TooLongBody.status:
        return _of_ours(request, TooLongBody(limit=MAX_BODY_BYTES))
    body = {"code": f"http_{fault.status_code}", "message": str(fault.detail), "where": []}
    return JSONResponse({"error": body}, fault.status_code, headers=fault.headers)
