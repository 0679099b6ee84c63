"""The routes of a visit without a socket: `GET /widget/stream` and `POST /widget/frames`."""

import json
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from connectors.web.stream import StreamLine, Streams, answer_post

MAX_POST_BYTES = 64 * 1024
CORS = {"Access-Control-Allow-Origin": "*"}
PREFLIGHT = {
    **CORS,
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Max-Age": "86400",
}
# Whoever buffers or rewrites a stream breaks it.
STREAM_HEADERS = {**CORS, "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


def stream_router(streams: Streams) -> APIRouter:
    """The token comes in a header: addresses are written into logs."""
    router = APIRouter()

    @router.get("/widget/stream")
    async def widget_stream(
        request: Request,
        desk: Annotated[str, Query(max_length=64)],
        language: Annotated[str, Query(max_length=20)] = "en",
        conversation: Annotated[str | None, Query(max_length=64)] = None,
        last_seq: Annotated[int, Query(ge=0, lt=2**31)] = 0,
        tail: Annotated[int | None, Query(ge=0, lt=2**31)] = None,
        authorization: Annotated[str, Header(max_length=600)] = "",
    ) -> StreamingResponse:
        hello = {
            "type": "hello",
            "v": 1,
            "token": _bearer(authorization),
            "desk": desk,
            "language": language,
            "conversation": conversation,
            "last_seq": last_seq,
            "tail": tail,
        }
        line = StreamLine(request.headers, json.dumps(hello))
        return StreamingResponse(
            streams.serve(line), media_type="text/event-stream", headers=STREAM_HEADERS
        )

    @router.post("/widget/frames")
    async def widget_frames(
        request: Request, authorization: Annotated[str, Header(max_length=600)] = ""
    ) -> JSONResponse:
        token = _bearer(authorization)
        said = await answer_post(streams.channel, request.headers, token, await request.body())
        return JSONResponse(said, headers={**CORS, "Cache-Control": "no-store"})

    @router.options("/widget/stream")
    @router.options("/widget/frames")
    async def widget_stream_preflight() -> Response:
        return Response(status_code=204, headers=PREFLIGHT)

    return router


def _bearer(authorization: str) -> str:
    kind, _, token = authorization.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""
