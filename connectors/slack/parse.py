"""Slack's message events as ours: what was posted, changed, deleted, or is none of it. Pure.

Nothing here trusts a payload: what has not the documented shape is `Ignored`, with the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What people do, beside a plain message. Every other subtype is Slack telling of something.
BY_PEOPLE = frozenset({"file_share", "thread_broadcast", "me_message"})
MOST_FORWARDED = 20  # parts of one forwarded thread

# `Any`: Slack's JSON.
Json = Mapping[str, Any]


@dataclass(frozen=True)
class SlackFile:
    """A file of a post, as Slack describes it."""

    id: str
    name: str
    size: int
    url: str | None  # None: it must be asked for, or it is not there any more
    is_gone: bool = False


@dataclass(frozen=True)
class Posted:
    """Somebody wrote."""

    team: str
    channel: str
    user: str
    ts: str
    text: str  # Slack's markup
    thread: str | None = None  # of a reply: the time stamp of the first post
    thread_by: str | None = None  # of a reply: who wrote the first post
    is_direct: bool = False
    is_group: bool = False  # a direct message of several people
    forwarded: tuple[str, ...] = ()  # what it shares of other messages
    files: tuple[SlackFile, ...] = ()
    is_last_try: bool = False  # a file that Slack does not give now is done without
    from_team: str | None = None  # the author's own workspace, when Slack says it


@dataclass(frozen=True)
class Changed:
    """Somebody edited what they wrote."""

    now: Posted  # the post as it stands


@dataclass(frozen=True)
class Deleted:
    """Somebody deleted what they wrote."""

    team: str
    channel: str
    ts: str
    thread: str | None = None


@dataclass(frozen=True)
class Ignored:
    """Nothing for us."""

    reason: str


def read_message(body: Json) -> Posted | Changed | Deleted | Ignored:
    """A `message` or `app_mention` event with its envelope."""
    event = body.get("event")
    if not isinstance(event, Mapping):
        return Ignored("no event")
    team, channel = _text(body, "team_id") or _text(event, "team"), _text(event, "channel")
    if not team or not channel or event.get("type") not in ("message", "app_mention"):
        return Ignored("not a message")
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return _changed(event, team, channel)
    if subtype == "message_deleted":
        return _deleted(event, team, channel)
    if subtype is not None and subtype not in BY_PEOPLE:
        return Ignored(f"subtype {subtype}")
    return _posted(event, team, channel)


def _posted(event: Json, team: str, channel: str) -> Posted | Ignored:
    if event.get("bot_id") or event.get("bot_profile") or event.get("app_id"):
        return Ignored("by a bot")
    user, ts = _text(event, "user"), _text(event, "ts")
    if not user or not ts or user == "USLACKBOT":
        return Ignored("by nobody")
    if event.get("hidden"):
        return Ignored("hidden")
    thread = _text(event, "thread_ts")
    kind = event.get("channel_type")
    return Posted(
        team=team,
        channel=channel,
        user=user,
        ts=ts,
        text=_text(event, "text") or "",
        thread=thread if thread != ts else None,
        thread_by=_text(event, "parent_user_id"),
        is_direct=kind == "im" or (kind is None and channel.startswith("D")),
        is_group=kind == "mpim",
        forwarded=tuple(_forwarded(event)),
        files=tuple(read_file(file) for file in _files(event)),
        from_team=_text(event, "user_team") or _text(event, "source_team"),
    )


def _changed(event: Json, team: str, channel: str) -> Changed | Deleted | Ignored:
    now, before = event.get("message"), event.get("previous_message")
    if not isinstance(now, Mapping) or not _text(now, "ts"):
        return Ignored("an edit of nothing")
    if now.get("bot_id") or not _text(now, "user"):
        return Ignored("by a bot")
    ts, thread = _text(now, "ts") or "", _thread_of(now)
    if now.get("subtype") == "tombstone":  # deleted, but its thread stays
        return Deleted(team, channel, ts, thread)
    if isinstance(before, Mapping) and before.get("text") == now.get("text"):
        return Ignored("not its words")  # a link was unfurled, a thread was counted
    posted = _posted({"channel_type": event.get("channel_type"), **now}, team, channel)
    return Changed(posted) if isinstance(posted, Posted) else posted


def _deleted(event: Json, team: str, channel: str) -> Deleted | Ignored:
    before = event.get("previous_message")
    before = before if isinstance(before, Mapping) else {}
    ts = _text(event, "deleted_ts") or _text(before, "ts")
    if not ts:
        return Ignored("a deletion of nothing")
    if before.get("bot_id"):
        return Ignored("by a bot")
    return Deleted(team, channel, ts, _thread_of(before))


def read_file(raw: object) -> SlackFile:
    """A file object; one of which nothing is known is gone."""
    file: Json = raw if isinstance(raw, Mapping) else {}
    size = file.get("size")
    return SlackFile(
        id=_text(file, "id") or "",
        name=_text(file, "name") or _text(file, "title") or "file",
        size=size if isinstance(size, int) else 0,
        url=_text(file, "url_private_download") or _text(file, "url_private"),
        is_gone=file.get("mode") in ("tombstone", "hidden_by_limit", "external")
        or not _text(file, "id"),
    )


def quotable(message: Json) -> str:
    """A message of anybody's, a program's too, in Slack's markup: with what it forwards and with
    its files, by name."""
    files = " ".join(f"[{read_file(file).name}]" for file in _files(message))
    return "\n\n".join(filter(None, [_text(message, "text"), *_forwarded(message), files]))


def _files(event: Json) -> list[Any]:
    """Its own, and those of what it forwards."""
    return [
        *_list(event, "files"),
        *(file for shared in _shared(event) for file in _list(shared, "files")),
    ]


def _shared(event: Json) -> list[Json]:
    return [
        shared
        for shared in _list(event, "attachments")[:MOST_FORWARDED]
        if isinstance(shared, Mapping) and (shared.get("is_share") or shared.get("is_msg_unfurl"))
    ]


def _forwarded(event: Json) -> list[str]:
    """What a post shares of others: the words of each, with who wrote them."""
    found = []
    for shared in _shared(event):
        words = _text(shared, "text") or _text(shared, "fallback")
        by = _text(shared, "author_name") or _text(shared, "author_subname")
        if words:
            found.append(f"{by}: {words}" if by else words)
    return found


def _thread_of(message: Json) -> str | None:
    thread = _text(message, "thread_ts")
    return thread if thread != _text(message, "ts") else None


def _text(table: Json, key: str) -> str | None:
    value = table.get(key)
    return value if isinstance(value, str) and value else None


def _list(table: Json, key: str) -> list[Any]:
    value = table.get(key)
    return value if isinstance(value, list) else []
