"""Bodies that are too long are refused before they are read, as everything else is refused."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.api.errors import TooLongBody

MAX_BODY_BYTES = 500_000


class DeclaredLength:
    """Middleware. The framework alone would answer in plain text: `refuse` makes the answer.

    Whoever declares no length is stopped by the framework while the body comes in.
    """

    def __init__(self, app: ASGIApp, refuse: Callable[[Request, TooLongBody], Response]) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope)
            declared = request.headers.get("content-length", "")
            if declared.isdecimal() and int(declared[:20]) > MAX_BODY_BYTES:
                answer = self._refuse(request, TooLongBody(limit=MAX_BODY_BYTES))
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)
