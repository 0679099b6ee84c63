"""Frames from the browser, checked: JSON text in, one of our types out. Pure."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channel import FirstlineError, supported

MAX_ID = 64
MAX_CONTEXT = 500
MAX_CONTACT = 200
MAX_NAME = 100
MAX_PAYLOAD = 1000
MAX_SCORES = 2
MAX_ATTACHMENTS = 50  # more than any message may carry, which the desk itself says


class BadJson(FirstlineError):
    """Not JSON at all."""

    code = "bad_json"
    status = 400


class BadFrame(FirstlineError):
    """A field is missing or of the wrong type; `detail` names it."""

    code = "bad_frame"
    status = 422


class UnknownType(FirstlineError):
    """A frame type that this version does not know."""

    code = "unknown_type"
    status = 422


class HelloFirst(FirstlineError):
    """Something other than hello came first."""

    code = "hello_first"
    status = 422


class BadToken(FirstlineError):
    """A visitor token that we did not sign, or that is too old."""

    code = "bad_token"
    status = 401


class Binary(FirstlineError):
    """Bytes where JSON text belongs."""

    code = "binary"
    status = 422


class RateLimited(FirstlineError):
    """Too fast; `retry_after` says in how many seconds it may be sent again."""

    code = "rate_limited"
    status = 429


@dataclass(frozen=True)
class Hello:
    """The first frame: who, where, and what the browser has already."""

    token: str
    desk: str
    language: str
    conversation: str | None
    last_seq: int
    tail: int | None
    page: dict[str, str]
    claims: dict[str, str]  # `claimed_name`, `claimed_email`: what the page says, and nobody signed


@dataclass(frozen=True)
class SendText:
    """The customer wrote."""

    id: str
    text: str
    attachments: tuple[str, ...] = ()  # ids of uploads


@dataclass(frozen=True)
class Choose:
    """The customer pressed a button of the message `seq`."""

    id: str
    payload: str
    title: str
    seq: int


@dataclass(frozen=True)
class AskHuman:
    """«Talk to a person»."""

    id: str


@dataclass(frozen=True)
class Typing:
    """The customer began or stopped typing."""

    on: bool


@dataclass(frozen=True)
class Seen:
    """The customer has seen everything up to `seq`."""

    seq: int


@dataclass(frozen=True)
class Fetch:
    """Asks for the messages after `after`, of this conversation or the named one."""

    after: int
    conversation: str | None


@dataclass(frozen=True)
class Earlier:
    """Asks for what was said before the message `before` of a conversation."""

    conversation: str
    before: int


@dataclass(frozen=True)
class Language:
    """The customer switched the language."""

    language: str


@dataclass(frozen=True)
class Rate:
    """What the customer thinks of a conversation that is over: scores for `bot` and `human`."""

    id: str
    conversation: str
    scores: dict[str, int]
    comment: str


@dataclass(frozen=True)
class End:
    """The customer needs no more in this conversation."""

    conversation: str


@dataclass(frozen=True)
class BackToBot:
    """The customer does not want to wait for a person."""

    id: str


@dataclass(frozen=True)
class Leave:
    """A message and where to be reached, in the place of waiting; no text: only where."""

    id: str
    contact: str
    name: str | None
    text: str | None


@dataclass(frozen=True)
class Correct:
    """The customer puts right what was passed on."""

    id: str
    name: str
    value: str


@dataclass(frozen=True)
class Where:
    """The customer is on another page now."""

    page: dict[str, str]


@dataclass(frozen=True)
class Ping:
    """Are you there?"""


Frame = (
    Hello
    | SendText
    | Choose
    | AskHuman
    | Typing
    | Seen
    | Fetch
    | Language
    | Rate
    | End
    | BackToBot
    | Leave
    | Correct
    | Where
    | Earlier
    | Ping
)


class _Fields:
    """Reads typed fields of an untrusted object; raises BadFrame naming the field."""

    # `Any`: untrusted JSON; this class is where it gets its types.
    def __init__(self, raw: dict[str, Any]) -> None:
        self._raw = raw

    def text(self, name: str, *, limit: int | None = None) -> str:
        value = self._raw.get(name)
        if not isinstance(value, str):
            raise BadFrame(detail=f"“{name}” must be a text")
        # A lone surrogate is valid JSON but no text that any database could store.
        if any("\ud800" <= letter <= "\udfff" for letter in value) or "\x00" in value:
            raise BadFrame(detail=f"“{name}” holds characters that are not text")
        if limit is not None and not 0 < len(value) <= limit:
            raise BadFrame(detail=f"“{name}” must have 1 to {limit} characters")
        return value

    def optional_text(self, name: str, *, limit: int | None = None) -> str | None:
        return None if self._raw.get(name) is None else self.text(name, limit=limit)

    def has(self, name: str) -> bool:
        """Whether there is anything to read: a field of a form may be empty."""
        return self._raw.get(name) not in (None, "")

    def number(self, name: str) -> int:
        value = self._raw.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
            raise BadFrame(detail=f"“{name}” must be a whole number from 0")
        return value

    def optional_number(self, name: str) -> int | None:
        return None if self._raw.get(name) is None else self.number(name)

    def flag(self, name: str) -> bool:
        value = self._raw.get(name)
        if not isinstance(value, bool):
            raise BadFrame(detail=f"“{name}” must be true or false")
        return value

    def numbers(self, name: str, *, limit: int) -> dict[str, int]:
        value = self._raw.get(name)
        if not isinstance(value, dict) or not 0 < len(value) <= limit:
            raise BadFrame(detail=f"“{name}” must be an object with 1 to {limit} numbers")
        fields = _Fields(value)
        return {key: fields.number(key) for key in value}

    def ids(self, name: str) -> tuple[str, ...]:
        """The ids of a list of objects; whatever else these say is only the browser's word."""
        value = self._raw.get(name) or []
        if not isinstance(value, list) or len(value) > MAX_ATTACHMENTS:
            raise BadFrame(detail=f"“{name}” must be a list")
        if not all(isinstance(item, dict) for item in value):
            raise BadFrame(detail=f"“{name}” must be a list of objects")
        return tuple(_Fields(item).text("id", limit=MAX_ID) for item in value)

    def page(self) -> dict[str, str]:
        return self._texts("page", ("url", "title", "referrer"))

    def claims(self) -> dict[str, str]:
        claimed = self._texts("claims", ("name", "email"))
        return {f"claimed_{name}": value for name, value in claimed.items()}

    def _texts(self, name: str, keys: Sequence[str]) -> dict[str, str]:
        value = self._raw.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise BadFrame(detail=f"“{name}” must be an object")
        fields = _Fields(value)
        return {key: fields.text(key)[:MAX_CONTEXT] for key in keys if value.get(key)}


def _hello(fields: _Fields) -> Hello:
    return Hello(
        token=fields.text("token", limit=MAX_CONTEXT),
        desk=fields.text("desk", limit=MAX_ID),
        language=supported(fields.optional_text("language", limit=20)),
        conversation=fields.optional_text("conversation", limit=MAX_ID),
        last_seq=fields.number("last_seq"),
        tail=fields.optional_number("tail"),
        page=fields.page(),
        claims=fields.claims(),
    )


READERS: dict[str, Callable[[_Fields], Frame]] = {
    "hello": _hello,
    "message": lambda f: SendText(f.text("id", limit=MAX_ID), f.text("text"), f.ids("attachments")),
    "choose": lambda f: Choose(
        f.text("id", limit=MAX_ID),
        f.text("payload", limit=MAX_PAYLOAD),
        f.text("title", limit=MAX_PAYLOAD),
        f.number("seq"),
    ),
    "human": lambda f: AskHuman(f.text("id", limit=MAX_ID)),
    "typing": lambda f: Typing(f.flag("on")),
    "seen": lambda f: Seen(f.number("seq")),
    "earlier": lambda f: Earlier(f.text("conversation", limit=MAX_ID), f.number("before")),
    "fetch": lambda f: Fetch(f.number("after"), f.optional_text("conversation", limit=MAX_ID)),
    "language": lambda f: Language(supported(f.text("language", limit=20))),
    "rate": lambda f: Rate(
        f.text("id", limit=MAX_ID),
        f.text("conversation", limit=MAX_ID),
        f.numbers("scores", limit=MAX_SCORES),
        f.optional_text("comment") or "",
    ),
    "end": lambda f: End(f.text("conversation", limit=MAX_ID)),
    "back_to_bot": lambda f: BackToBot(f.text("id", limit=MAX_ID)),
    "leave": lambda f: Leave(
        f.text("id", limit=MAX_ID),
        f.text("contact", limit=MAX_CONTACT),
        f.optional_text("name", limit=MAX_NAME) if f.has("name") else None,
        f.text("text") if f.has("text") else None,
    ),
    "correct": lambda f: Correct(
        f.text("id", limit=MAX_ID),
        f.text("name", limit=MAX_NAME),
        f.text("value", limit=MAX_CONTEXT),
    ),
    "page": lambda f: Where(f.page()),
    "ping": lambda _: Ping(),
}


def parse_frame(raw: str) -> Frame:
    """The frame; raises BadJson, UnknownType or BadFrame."""
    body = _object(raw)
    kind = body.get("type")
    if not isinstance(kind, str) or kind not in READERS:
        raise UnknownType(type=str(kind)[:MAX_ID])
    return READERS[kind](_Fields(body))


def parse_post(raw: bytes, token: str) -> tuple[str, str]:
    """(hello, the frame that it introduces), each as text for `parse_frame`; the token is no part
    of any body. Raises BadJson or BadFrame."""
    try:
        body = _object(raw.decode())
    except UnicodeDecodeError:
        raise BadJson from None
    hello, frame = body.get("hello"), body.get("frame")
    if not isinstance(hello, dict) or not isinstance(frame, dict):
        raise BadFrame(detail="“hello” and “frame” must be objects")
    return json.dumps({**hello, "type": "hello", "token": token}), json.dumps(frame)


def frame_id(raw: str) -> str | None:
    """The client's id in a frame that could not be accepted, so that it learns which."""
    try:
        found = _object(raw).get("id")
    except FirstlineError:
        return None
    return found if isinstance(found, str) and len(found) <= MAX_ID else None


def _object(raw: str) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadJson from None
    if not isinstance(body, dict):
        raise BadFrame(detail="a frame is a JSON object")
    return body
