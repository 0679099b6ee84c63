"""Frames to the browser, as docs/widget-protocol.md gives them."""

from dataclasses import asdict, dataclass
from typing import Any

from bot.channel import (
    Author,
    Busy,
    EarlierPage,
    FileLimits,
    FirstlineError,
    Notice,
    OutboundMessage,
    Receipt,
    ThreadStatus,
)
from connectors.web.parse import Earlier, RateLimited

# `Any`: a frame is a JSON object.
Frame = dict[str, Any]
PROTOCOL_VERSION = 1
# Where agents' pictures are, on the desk's own origin.
PICTURES = "/widget/pictures"


def limits(text: int, files: FileLimits | None) -> Frame:
    """What the customer may send; `files` is null where none are taken."""
    return {"text": text, "files": asdict(files) if files else None}


@dataclass(frozen=True)
class Begin:
    """The message with which a browser that has nothing yet begins, and whether some come before;
    None for one that goes on where it was."""

    first_seq: int | None = None
    earlier: bool | None = None


FROM_THE_START = Begin()


def welcome(
    status: ThreadStatus | None,
    *,
    language: str,
    limits: Frame,
    retry_ms: int,
    notice: Notice,
    begin: Begin = FROM_THE_START,
) -> Frame:
    """The answer to hello."""
    return {
        "type": "welcome",
        "v": PROTOCOL_VERSION,
        "conversation": status.conversation if status else None,
        "last_seq": status.last_seq if status else 0,
        "read_seq": status.read_seq if status else 0,
        "first_seq": begin.first_seq,
        "earlier": begin.earlier,
        "status": status.status if status else "none",
        "agent": _agent(status),
        "language": language,
        "limits": limits,
        "retry_ms": retry_ms,
        "availability": availability_of(notice),
    }


def availability(notice: Notice) -> Frame:
    """The desk opened or closed, or somebody came or went."""
    return {"type": "availability", **availability_of(notice)}


def availability_of(notice: Notice) -> Frame:
    """How a desk can be reached, in a session, a welcome or a frame of its own."""
    now = notice.standing
    return {
        "open": now.is_open,
        "agent_online": now.agent_online,
        "opens_at": now.opens_at.isoformat() if now.opens_at else None,
        "closes_at": now.closes_at.isoformat() if now.closes_at else None,
        "timezone": notice.timezone,
        "form": now.offers_form,
        "text": dict(notice.words),
    }


def conversation(conversation_id: str) -> Frame:
    """A new conversation began; its sequence starts at 1."""
    return {"type": "conversation", "id": conversation_id}


def ack(client_id: str, receipt: Receipt) -> Frame:
    """The message is committed."""
    return {
        "type": "ack",
        "id": client_id,
        "conversation": receipt.conversation,
        "seq": receipt.seq,
        "at": receipt.at.isoformat(),
        "duplicate": receipt.duplicate,
    }


def message(item: OutboundMessage) -> Frame:
    """A message of the conversation, the customer's own ones too."""
    return {"type": "message", **_message(item)}


def history(conversation_id: str | None, items: list[OutboundMessage], last_seq: int) -> Frame:
    """The answer to fetch."""
    return {
        "type": "history",
        "conversation": conversation_id,
        "messages": [_message(item) for item in items],
        "last_seq": last_seq,
    }


def earlier(asked: Earlier, page: EarlierPage) -> Frame:
    """The answer to earlier."""
    return {
        "type": "earlier",
        "conversation": asked.conversation,
        "before": asked.before,
        "messages": [_message(item) for item in page.messages],
        "more": page.more,
    }


def read(conversation_id: str, seq: int) -> Frame:
    """The bot or an agent has read everything up to `seq`."""
    return {"type": "read", "conversation": conversation_id, "seq": seq}


def status(state: ThreadStatus) -> Frame:
    """Who has the conversation now."""
    return {
        "type": "status",
        "status": state.status,
        "agent": _agent(state),
        "read_seq": state.read_seq,
    }


def typing(author: Author, *, on: bool) -> Frame:
    """The bot or an agent is writing."""
    return {"type": "typing", "author": _author(author), "on": on}


def pong(*, retry_ms: int) -> Frame:
    """Here I am; and how long to wait before coming back, should I fall."""
    return {"type": "pong", "retry_ms": retry_ms}


def error(fault: FirstlineError, language: str, client_id: str | None) -> Frame:
    """What was wrong, in the customer's language, and what may be done about it."""
    return {
        "type": "error",
        "code": fault.code,
        "message": fault.message(language),
        "id": client_id,
        "limit": fault.values.get("limit"),
        "retry_after": fault.values.get("retry_after") if _passes(fault) else None,
    }


def _passes(fault: FirstlineError) -> bool:
    return isinstance(fault, RateLimited | Busy)


def _message(item: OutboundMessage) -> Frame:
    return {
        "conversation": item.conversation,
        "seq": item.seq,
        "id": client_id_of(item.external_id),
        "at": item.at.isoformat(),
        "author": _author(item.author),
        "text": item.text,
        "buttons": [{"title": b.title, "payload": b.payload} for b in item.buttons],
        "image": item.image,
        "attachments": [asdict(file) for file in item.attachments],
        "cards": [asdict(card) for card in item.cards],
    }


def _author(author: Author) -> Frame:
    who = {"kind": author.kind.value, "name": author.name}
    return who | {"picture": _picture(author.picture)} if author.picture else who


def _agent(state: ThreadStatus | None) -> Frame | None:
    if state is None or state.agent_name is None:
        return None
    return {"name": state.agent_name, "picture": _picture(state.agent_picture)}


def _picture(picture_id: str | None) -> str | None:
    return f"{PICTURES}/{picture_id}" if picture_id else None


def external_id(visitor: str, client_id: str) -> str:
    """The key of a message: a visitor cannot meet another visitor's."""
    return f"{visitor}:{client_id}"


def client_id_of(key: str | None) -> str | None:
    """The browser's own id out of the key; None for what the desk said."""
    return key.partition(":")[2] if key and not key.startswith("agent:") else None
