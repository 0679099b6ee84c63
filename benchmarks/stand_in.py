"""An engine that answers at once, so that what is measured is the service: `… stand_in PORT`.

It speaks the turn channel's JSON and gives back as much state and ranking as the real one.
"""

import asyncio
import json
import sys

STATE = {"v": 1, "events": "x" * 2_000}
ANSWER = {
    "replies": [{"text": "Delivery within the country takes two working days.", "buttons": []}],
    "intent": {"name": "delivery_time", "confidence": 0.93},
    "ranking": [
        {"name": "delivery_time", "confidence": 0.93},
        {"name": "order_status", "confidence": 0.04},
        {"name": "returns", "confidence": 0.01},
    ],
    "entities": [{"entity": "order_number", "value": "10482", "start": 30, "end": 35}],
    "slots": {"language": "en", "requested_slot": None},
    "handoff": None,
    "state": STATE,
    "model_id": "stand-in",
    "took_ms": 0.1,
    "language": None,
    # Named, it would make the desk ask “Was this helpful?” now and then: a message more.
    "answered": None,
}


def _response(body: object) -> bytes:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(content)}"
    return head.encode() + b"\r\n\r\n" + content


TURN = _response(ANSWER)
READY = _response({"ready": True, "model_id": "stand-in", "repeatable": True})


async def serve(reader: asyncio.StreamReader, line: asyncio.StreamWriter) -> None:
    """One kept connection."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
            line.write(READY if head.startswith(b"get ") else TURN)
            await line.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        line.close()


async def main(port: int) -> None:
    """Listens until it is stopped."""
    server = await asyncio.start_server(serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
