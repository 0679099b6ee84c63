"""What the triage channels' posts look like to Slack, and how they are found again."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

from bot.channel import TriageCard
from connectors.slack.calls import Calls
from connectors.slack.triage.card import Shown
from connectors.slack.triage.desk import Room
from connectors.slack.triage.lines import Begin, Told

CARD, LINES = "firstline_card", "firstline_lines"
PAGE, MOST_PAGES = 200, 20
# Slack lets nobody change the post any more, or it is gone.
FIXED = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
QUIET = {"unfurl_links": "false", "unfurl_media": "false"}


@dataclass(frozen=True)
class Posted:
    """A post of the card's thread as it stands in Slack.

    `is_known`: whether it says where it begins; posts of older versions do not, nor do those that
    tell `changes` anew (each a message's number, and when it was changed).
    """

    ts: str
    told: Told
    is_known: bool
    changes: frozenset[str]


class Posts:
    """Every post says in its metadata whose it is and how far it goes."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def card(self, room: Room, conversation: str, shown: Shown) -> str:
        """Posts it; its time stamp."""
        said = await self._calls.call(
            room.team,
            "chat.postMessage",
            channel=room.channel,
            text=shown.text,
            blocks=shown.blocks,
            metadata=_metadata(CARD, conversation=conversation),
            **QUIET,
        )
        return str(said["ts"])

    async def edit(self, room: Room, message: str, shown: Shown) -> None:
        """The card looks like this now."""
        await self._calls.call(
            room.team,
            "chat.update",
            channel=room.channel,
            ts=message,
            text=shown.text,
            blocks=shown.blocks,
        )

    async def lines(
        self,
        room: Room,
        message: str,
        conversation: str,
        post: Told,
        *,
        changes: Sequence[str] = (),
    ) -> None:
        """Tells something in the card's thread; `changes`: what it tells anew (`Posted`)."""
        await self._calls.call(
            room.team,
            "chat.postMessage",
            channel=room.channel,
            thread_ts=message,
            text=post.text,
            metadata=_of_lines(conversation, post, changes),
            **QUIET,
        )

    async def told(self, room: Room, message: str, conversation: str) -> list[Posted]:
        """What stands in the card's thread, oldest first."""
        found = await self._look(room, "conversations.replies", LINES, conversation, ts=message)
        return sorted(map(_posted, found), key=lambda post: float(post.ts))

    async def retell(self, room: Room, ts: str, conversation: str, post: Told) -> None:
        """What was told says this now."""
        await self._calls.call(
            room.team,
            "chat.update",
            channel=room.channel,
            ts=ts,
            text=post.text,
            metadata=_of_lines(conversation, post),
        )

    async def recover(self, room: Room, card: TriageCard) -> TriageCard:
        """The card with what was posted and not noted; there is never a second one."""
        if card.message is None:
            since = "0" if card.since is None else f"{card.since.timestamp() - 60:.6f}"
            found = await self._look(
                room, "conversations.history", CARD, card.conversation, oldest=since
            )
            if not found:
                return card
            card = replace(card, message=str(found[0]["ts"]), shown="")
        for post in await self.told(room, str(card.message), card.conversation):
            seq, notes = max(card.seq, post.told.seq), max(card.notes, post.told.notes)
            card = replace(card, seq=seq, notes=notes)
        return replace(card, shown="")

    # `Any`: Slack's JSON.
    async def _look(
        self, room: Room, method: str, kind: str, conversation: str, **where: Any
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            said = await self._calls.call(
                room.team,
                method,
                channel=room.channel,
                include_all_metadata="true",
                limit=PAGE,
                cursor=cursor,
                **where,
            )
            found += [
                post for post in said.get("messages") or () if _is_of(post, kind, conversation)
            ]
            cursor = (said.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        return found


def _metadata(kind: str, **payload: object) -> dict[str, object]:
    return {"event_type": kind, "event_payload": payload}


def _of_lines(conversation: str, post: Told, changes: Sequence[str] = ()) -> dict[str, object]:
    return _metadata(
        LINES,
        conversation=conversation,
        seq=post.seq,
        notes=post.notes,
        begin=list(astuple(post.begin)),
        changes=list(changes),
    )


# `Any`: Slack's JSON.
def _posted(post: dict[str, Any]) -> Posted:
    said = post["metadata"]["event_payload"]
    begin, changes = said.get("begin"), frozenset(said.get("changes") or ())
    is_known = begin is not None and not changes
    told = Told(
        str(post.get("text", "")),
        int(said.get("seq", 0)),
        int(said.get("notes", 0)),
        Begin(*map(int, begin)) if is_known else Begin(),
    )
    return Posted(str(post["ts"]), told, is_known, changes)


def _is_of(post: dict[str, Any], kind: str, conversation: str) -> bool:
    metadata = post.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != kind:
        return False
    payload = metadata.get("event_payload")
    return isinstance(payload, dict) and payload.get("conversation") == conversation
