"""What rasa-webchat talks to: Rasa's socket events, answered at once. Runs in `.venv-engine`,
where Rasa's own socket library is: `python benchmarks/widgets/rasa_backend.py PORT`."""

import sys
from typing import Any

import socketio
from aiohttp import web

ANSWER = "Delivery within the country takes two working days."

server = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")


async def session_request(visitor: str, wish: "dict[str, Any] | None") -> None:
    """Every visitor is known."""
    session = (wish or {}).get("session_id") or visitor
    await server.emit("session_confirm", session, room=visitor)


async def user_uttered(visitor: str, _: "dict[str, Any]") -> None:
    """The one answer."""
    await server.emit("bot_uttered", {"text": ANSWER}, room=visitor)


async def ready(_: web.Request) -> web.Response:
    """For whoever started it."""
    return web.Response(text="ready")


if __name__ == "__main__":
    server.on("session_request", session_request)
    server.on("user_uttered", user_uttered)
    app = web.Application()
    server.attach(app)
    app.router.add_get("/ready", ready)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
