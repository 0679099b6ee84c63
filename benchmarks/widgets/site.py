"""The site of all host pages, compressed as any site is, and the peers' backends."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from benchmarks.widgets.peers import ANSWER, Widget

EMPTY = "<!doctype html><title>Nothing</title><h1>A page of somebody's site</h1>"


async def deep_chat(_: Request) -> Response:
    """As deepchat.dev documents its `connect`."""
    return JSONResponse({"text": ANSWER})


async def n8n(request: Request) -> Response:
    """As n8n's Chat Trigger answers."""
    wish = await request.json()
    if wish.get("action") == "loadPreviousSession":
        return JSONResponse({"data": []})
    return JSONResponse({"output": ANSWER})


@contextmanager
def site(widgets: Mapping[Widget, Path], port: int, **places: str) -> Iterator[str]:
    """Listens until the block ends; `/of/KEY` is a widget's host page, `/empty` has none."""

    def host_page(widget: Widget) -> Route:
        async def page(_: Request) -> Response:
            return HTMLResponse(widget.page(**places))

        return Route(f"/of/{widget.key}", page)

    async def empty(_: Request) -> Response:
        return HTMLResponse(EMPTY)

    files = [
        Mount(f"/{widget.key}", StaticFiles(directory=folder))
        for widget, folder in widgets.items()
        if widget.package
    ]
    answers = [
        Route("/answer/deep-chat", deep_chat, methods=["POST"]),
        Route("/answer/n8n", n8n, methods=["GET", "POST"]),
        Route("/empty", empty),
    ]
    app = Starlette(
        routes=[*map(host_page, widgets), *answers, *files],
        middleware=[Middleware(GZipMiddleware, compresslevel=9)],
    )
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, name="site")
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
