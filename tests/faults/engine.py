"""A stand-in for the dialogue engine: the turn channel's JSON, and echoes for answers.

`python -m tests.faults.engine PORT`. It answers the n-th turn of a dialogue with «echo n:TEXT»,
where n travels in the dialogue state: a lost or repeated state shows in the transcript. POST
/control sets how it behaves. The real engine takes half a minute to start, which no thousand
schedules can wait for; docs/faults.md says which part of the run has the real one.
"""

import asyncio
import sys

from tests.faults.http import Json, Request, Response, listen

MODEL = "stand-in"
# How it may behave; `slow` takes seconds, the others are wrong answers of all kinds.
WRONG: tuple[Response, ...] = (
    Response({"replies": []}),
    Response(b"<html>502 Bad Gateway</html>", 502),
    Response(b'{"replies": [', 200),
    Response({"error": {"code": "crashed", "message": "no"}}, 500),
    Response(None, drop=True),
)


class StandIn:
    """Answers turns as it was told to."""

    def __init__(self) -> None:
        self._mode = "well"
        self._seconds = 0.0
        self._wrong = 0

    async def handle(self, request: Request) -> Response:
        """One HTTP request."""
        if request.path == "/control":
            self._mode, self._seconds = request.body["mode"], request.body.get("seconds", 0.0)
            return Response({})
        if request.path == "/webhooks/turn/ready":
            return Response({"model_id": MODEL, "repeatable": True})
        if self._mode == "slow":
            await asyncio.sleep(self._seconds)
        if self._mode == "wrong":
            self._wrong += 1
            return WRONG[self._wrong % len(WRONG)]
        return Response(answer(request.body))


def answer(turn: Json) -> Json:
    """An echo, and the state that counts them."""
    number = (turn["state"] or {}).get("n", 0) + 1
    words = turn["text"] or turn["payload"]
    return {
        "replies": [{"text": f"echo {number}:{words}", "buttons": []}],
        "intent": {"name": "echo", "confidence": 1.0},
        "ranking": [{"name": "echo", "confidence": 1.0}],
        "entities": [],
        "slots": {},
        "handoff": {"reason": "asked_for_human"} if words.startswith("person") else None,
        "state": {"n": number},
        "model_id": MODEL,
        "took_ms": 0.1,
        "language": None,
        "answered": None,
    }


async def main(port: int) -> None:
    """Listens until it is killed."""
    server, _ = await listen(StandIn().handle, port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
