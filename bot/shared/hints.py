"""Hints as JSON, for other service processes. The form is documented in docs/redis.md.

A hint that leaves its process names what there is to fetch and carries no text of anybody's.
"""

import json
from typing import Any

from bot.channel import Author, AuthorKind, OutboundMessage, Pointer, ThreadStatus
from bot.live import MISSED, Hint

VERSION = 1


def to_json(hint: Hint, *, sender: str) -> bytes:
    """One message on the channel; `sender` lets a process know its own."""
    kind, data = hint.kind, _out(hint.data)
    if data is None:
        kind = MISSED  # nothing that we could name: whoever watches fetches
    frame = {"v": VERSION, "from": sender, "topic": hint.topic, "kind": kind, "data": data}
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(raw: bytes) -> tuple[str, Hint] | None:
    """(sender, hint); None for what is not ours.

    What a newer or older program means to say of a topic is «fetch», which is never wrong.
    """
    try:
        frame = json.loads(raw)
        sender, topic, kind = str(frame["from"]), str(frame["topic"]), str(frame["kind"])
    except (ValueError, TypeError, KeyError):
        return None
    try:
        data = _in(frame["data"]) if frame["v"] == VERSION else None
    except (ValueError, TypeError, KeyError):
        data = None
    return sender, Hint(topic, kind if data is not None else MISSED, data)


# `Any`: a JSON value.
def _out(data: object) -> Any:
    match data:
        case str():
            return data
        case OutboundMessage():
            return {"conversation": data.conversation, "seq": data.seq}
        case ThreadStatus():
            return {"conversation": data.conversation, "seq": data.last_seq}
        case Pointer():
            return {"conversation": data.conversation, "seq": data.seq}
        case (Author() as author, bool(on)):
            return {"author": {"kind": author.kind.value, "name": author.name}, "on": on}
    return None


def _in(data: Any) -> object:
    match data:
        case str():
            return data
        case {"conversation": str(conversation), "seq": int(seq)}:
            return Pointer(conversation, seq)
        case {"author": {"kind": str(kind), "name": str() | None as name}, "on": bool(on)}:
            return Author(AuthorKind(kind), name), on
    return None
